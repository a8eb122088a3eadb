/// The prover: an engine that a host program opens, keys, proofs. [dev.chagres.prove] is its face.
module dev.chagres.engine {
    requires transitive dev.chagres.kernel;
    requires transitive dev.chagres.verifier;
    requires jdk.jfr;

    exports dev.chagres.prove;
    exports dev.chagres.prove.build;
    exports dev.chagres.prove.file;
    exports dev.chagres.prove.key;
    exports dev.chagres.prove.profile;
    exports dev.chagres.prove.remote;

    exports dev.chagres.prove.commit to dev.chagres.device;
    exports dev.chagres.prove.data to dev.chagres.device, dev.chagres.gpt2;
    exports dev.chagres.prove.host to dev.chagres.device;
    exports dev.chagres.prove.stage to dev.chagres.device;
    exports dev.chagres.prove.store to dev.chagres.device;

    uses dev.chagres.prove.host.StagesProvider;
}
