/// The engine for native programs: what libchagres calls. Nothing here is for Java programs, which use the engine.
module dev.chagres.ffm.embed {
    requires dev.chagres.engine;
    requires java.logging;
}
