//! prove KEYS PROMPT N: continues a prompt by N tokens, proves it, verifies the proof. KEYS has model.pk and model.vk.

mod chagres;

use chagres::{Engine, Event, Key};
use std::error::Error;

fn run(keys: &str, prompt: &str, n: i32) -> Result<bool, Box<dyn Error>> {
    let engine = Engine::open()?;
    let prover = engine.prover(&format!("{keys}/model.pk"))?;
    let key = Key::open(&std::fs::read(format!("{keys}/model.vk"))?)?; // all that who verifies needs

    let mut listener = |event: Event| {
        match event {
            Event::Progress(phase, done) => eprintln!("{phase} {:.0}%", 100.0 * done),
            Event::Token(id) => println!("token {id} '{}'", key.decode(&[id]).unwrap_or_default()),
        }
        true // false would cancel
    };
    let proof = prover.prove(&key.encode(prompt)?, n, &mut listener)?;

    let verdict = key.verify(&proof)?;
    println!("{} bytes, {} + {} ids, {}", proof.len(), verdict.prompt.len(), verdict.output.len(), verdict.text);
    Ok(verdict.accepted)
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let done = match args.get(3).and_then(|n| n.parse().ok()) {
        Some(n) => run(&args[1], &args[2], n),
        None => Err("give: KEYS PROMPT N".into()),
    };
    let accepted = done.unwrap_or_else(|e| {
        eprintln!("{e}");
        std::process::exit(2);
    });
    std::process::exit(!accepted as i32);
}
