/// The verifier of Chagres proofs, and what both parties share: scalar, one thread, JDK only.
///
/// [dev.chagres.proof] is what a receiver of proofs uses. The qualified exports are the protocol's parts, for the
/// prover and for families of models.
module dev.chagres.verifier {
    requires transitive dev.chagres.field;
    requires transitive dev.chagres.tokenizer;

    exports dev.chagres.model;
    exports dev.chagres.proof;
    exports dev.chagres.semantics;
    exports dev.chagres.statement;

    exports dev.chagres.commit
            to dev.chagres.device, dev.chagres.engine, dev.chagres.gpt2, dev.chagres.cli, dev.chagres.bench;
    exports dev.chagres.graph
            to dev.chagres.device, dev.chagres.engine, dev.chagres.gpt2, dev.chagres.cli, dev.chagres.bench;
    exports dev.chagres.graph.op to dev.chagres.device, dev.chagres.engine, dev.chagres.gpt2;
    exports dev.chagres.lookup to dev.chagres.device, dev.chagres.engine, dev.chagres.gpt2;
    exports dev.chagres.model.decoder to dev.chagres.engine, dev.chagres.gpt2, dev.chagres.cli;
    exports dev.chagres.poly to dev.chagres.device, dev.chagres.engine;
    exports dev.chagres.relation to dev.chagres.device, dev.chagres.engine;
    exports dev.chagres.sumcheck to dev.chagres.engine;
    exports dev.chagres.tensor to dev.chagres.device, dev.chagres.engine, dev.chagres.gpt2, dev.chagres.cli;
    exports dev.chagres.transcript to dev.chagres.device, dev.chagres.engine, dev.chagres.cli;
    exports dev.chagres.verify to dev.chagres.engine;
}
