// C++17 over chagres.h: objects that close themselves, statuses as exceptions, functions as callbacks.
#pragma once

#include <chagres.h>

#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace chagres {

struct Error : std::runtime_error {
  int32_t status; // chagres_status
  explicit Error(int32_t code) : std::runtime_error(chagres_error()), status(code) {}
};

inline void check(int32_t status) {
  if (status != CHAGRES_OK) throw Error(status);
}

template <auto close>
struct Closer {
  template <class T>
  void operator()(T *object) const { close(object); }
};

using Bytes = std::vector<uint8_t>;
using Ids = std::vector<int32_t>;

class Key {
 public:
  explicit Key(chagres_key *key) : key_(key) {}
  explicit Key(const Bytes &bytes) {
    chagres_key *key;
    check(chagres_key_open(bytes.data(), bytes.size(), &key));
    key_.reset(key);
  }

  Ids encode(const std::string &text) const {
    std::size_t n = 0;
    Ids ids(text.size() + 1); // enough, unless the tokenizer makes the text longer
    int32_t status = chagres_encode(key_.get(), text.data(), text.size(), ids.data(), ids.size(), &n);
    if (status != CHAGRES_OK) {
      if (n <= ids.size()) throw Error(status);
      ids.resize(n);
      check(chagres_encode(key_.get(), text.data(), text.size(), ids.data(), ids.size(), &n));
    }
    ids.resize(n);
    return ids;
  }

  std::string decode(const Ids &ids) const {
    std::size_t n = 0;
    chagres_decode(key_.get(), ids.data(), ids.size(), nullptr, 0, &n); // only how long it is
    std::string text(n, ' ');
    check(chagres_decode(key_.get(), ids.data(), ids.size(), text.data(), text.size(), &n));
    return text;
  }

  struct Verdict {
    bool accepted;
    Ids prompt, output;
    std::string text;
  };

  Verdict verify(const Bytes &proof) const {
    chagres_verdict v = {};
    v.size = sizeof v;
    check(chagres_verify(key_.get(), proof.data(), proof.size(), &v));
    std::unique_ptr<chagres_verdict, Closer<chagres_verdict_close>> closed(&v);
    const int32_t *ids = v.ids, *output = ids + v.prompt; // null and nothing unless accepted
    return {v.accepted == 1, Ids(ids, output), Ids(output, output + v.output), v.text};
  }

 private:
  std::unique_ptr<chagres_key, Closer<chagres_key_close>> key_;
};

// Called on the thread that proves. False from progress, or an exception from any of them, cancels the proof.
struct Listener {
  std::function<bool(const char *phase, double done)> progress = [](const char *, double) { return true; };
  std::function<void(int32_t id)> token = [](int32_t) {};
};

class Prover {
 public:
  Prover(chagres_engine *engine, const std::string &file) {
    chagres_prover *prover;
    check(chagres_prover_open(engine, file.c_str(), &prover));
    prover_.reset(prover);
  }

  Key key() const {
    chagres_key *key;
    check(chagres_prover_key(prover_.get(), &key));
    return Key(key);
  }

  Bytes prove(const Ids &prompt, int32_t generate, const Listener &listener = {}) const {
    Call call{listener, {}, nullptr};
    chagres_sink sink = {};
    sink.size = sizeof sink;
    sink.user = &call;
    sink.progress = [](void *c, const char *phase, double done) {
      bool on = true;
      return guarded(c, [&](Call &self) { on = self.listener.progress(phase, done); }) || !on ? 1 : 0;
    };
    sink.token = [](void *c, int32_t id) { return guarded(c, [&](Call &self) { self.listener.token(id); }); };
    sink.proof = [](void *c, const uint8_t *bytes, std::size_t n) {
      return guarded(c, [&](Call &self) { self.proof.assign(bytes, bytes + n); });
    };
    int32_t status = chagres_prove(prover_.get(), prompt.data(), prompt.size(), generate, &sink);
    if (call.thrown) std::rethrow_exception(call.thrown);
    check(status);
    return std::move(call.proof);
  }

 private:
  struct Call {
    const Listener &listener;
    Bytes proof;
    std::exception_ptr thrown;
  };

  // No exception may pass through the library.
  template <class Body>
  static int32_t guarded(void *call, Body body) {
    Call &self = *static_cast<Call *>(call);
    try {
      body(self);
      return 0;
    } catch (...) {
      self.thrown = std::current_exception();
      return 1;
    }
  }

  std::unique_ptr<chagres_prover, Closer<chagres_prover_close>> prover_;
};

class Engine {
 public:
  explicit Engine(chagres_options options = {}) {
    options.size = sizeof options;
    chagres_engine *engine;
    check(chagres_engine_open(&options, &engine));
    engine_.reset(engine);
  }

  Prover prover(const std::string &file) const { return Prover(engine_.get(), file); }

 private:
  std::unique_ptr<chagres_engine, Closer<chagres_engine_close>> engine_;
};

}  // namespace chagres
