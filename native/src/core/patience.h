/*
 * How the host waits for a device. Most results are there within some tens of microseconds: it looks for them without
 * leaving the processor. Then it sleeps between two looks, at first as shortly as the system can, which is some 55 us on
 * Linux: a thread that has work gets the processor, and yielding would cost a slice of each such thread.
 */
#ifndef CHG_PATIENCE_H
#define CHG_PATIENCE_H

#include <chrono>
#include <thread>

namespace chg {

/* The time of this machine; tests have another one. */
struct SteadyTime {
  using Clock = std::chrono::steady_clock;
  Clock::time_point now() const { return Clock::now(); }
  /* A moment for the other thread of the core. */
  void relax() const {
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
  }
  void sleep(std::chrono::nanoseconds time) const { std::this_thread::sleep_for(time); }
};

/* One wait, from its making on. */
template <class Time = SteadyTime>
class Patience {
 public:
  using Nanoseconds = std::chrono::nanoseconds;
  /* Looks without sleeping. */
  static constexpr Nanoseconds SPIN{50'000};
  /* Sleeps are a part of the time that the wait has taken, so that a long one ends little later. */
  static constexpr int PART = 16;
  static constexpr Nanoseconds SHORTEST{1'000};
  static constexpr Nanoseconds LONGEST{1'000'000};
  /* Between two questions to the runtime, which knows of failures. */
  static constexpr Nanoseconds PERIOD{10'000'000};

  explicit Patience(const Time &time = Time{}) : time_(time), start_(time.now()), ask_(PERIOD) {}

  /* Whether the wait is still one for which sleeping would be too long. */
  bool spins() const { return elapsed() < SPIN; }

  /* Between two looks. */
  void pause() const {
    Nanoseconds waited = elapsed();
    if (waited < SPIN) {
      time_.relax();
    } else {
      Nanoseconds sleep = waited / PART;
      time_.sleep(sleep < SHORTEST ? SHORTEST : sleep > LONGEST ? LONGEST : sleep);
    }
  }

  /* Whether it is time to ask the runtime; then not again for a while. */
  bool asks() {
    Nanoseconds waited = elapsed();
    if (waited < ask_) return false;
    ask_ = waited + PERIOD;
    return true;
  }

 private:
  Nanoseconds elapsed() const { return std::chrono::duration_cast<Nanoseconds>(time_.now() - start_); }

  const Time time_;
  const decltype(time_.now()) start_;
  Nanoseconds ask_;
};

}  // namespace chg

#endif
