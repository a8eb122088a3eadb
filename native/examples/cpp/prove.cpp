// prove KEYS PROMPT N: continues a prompt by N tokens, proves it, verifies the proof. KEYS has model.pk and model.vk.
#include "chagres.hpp"

#include <fstream>
#include <iostream>
#include <iterator>

static chagres::Bytes read(const std::string &file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

int main(int argc, char **argv) {
  if (argc != 4) {
    std::cerr << "give: KEYS PROMPT N\n";
    return 2;
  }
  const std::string keys = argv[1];
  try {
    chagres::Engine engine;
    chagres::Prover prover = engine.prover(keys + "/model.pk");
    chagres::Key own = prover.key();
    chagres::Listener listener;
    listener.progress = [](const char *phase, double done) {
      std::cerr << phase << ' ' << static_cast<int>(100 * done) << "%\n";
      return true; // false would cancel
    };
    listener.token = [&](int32_t id) { std::cout << "token " << id << " '" << own.decode({id}) << "'\n"; };
    chagres::Bytes proof = prover.prove(own.encode(argv[2]), std::stoi(argv[3]), listener);

    chagres::Key trusted(read(keys + "/model.vk")); // all that who verifies needs
    auto verdict = trusted.verify(proof);
    std::cout << proof.size() << " bytes, " << verdict.prompt.size() << " + " << verdict.output.size() << " ids, "
              << verdict.text << '\n';
    return verdict.accepted ? 0 : 1;
  } catch (const std::exception &e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
}
