/* Waits for a device: short ones do not sleep, long ones leave the processor to others and end little later. */
#include "patience.h"

#include <cstdio>
#include <ctime>
#include <vector>

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

int failures;

void check(bool holds, const char *what, int line) {
  if (!holds) {
    failures++;
    fprintf(stderr, "line %d: not so: %s\n", line, what);
  }
}
#define CHECK(condition) check(condition, #condition, __LINE__)

/* Time that passes by looking and sleeping alone; a sleep takes longer than asked for, as it does. */
struct Record {
  std::chrono::steady_clock::time_point now{};
  long looks = 0;
  std::vector<nanoseconds> sleeps;
};

struct GivenTime {
  Record *record;
  std::chrono::steady_clock::time_point now() const { return record->now; }
  void relax() const {
    record->looks++;
    record->now += nanoseconds(20);
  }
  void sleep(nanoseconds time) const {
    record->sleeps.push_back(time);
    record->now += time + microseconds(55);
  }
};

using Given = chg::Patience<GivenTime>;

/* Waits for something that comes after a time; how late that is seen. */
nanoseconds wait(Record &record, nanoseconds time, int *asked) {
  Given patience(GivenTime{&record});
  auto start = record.now;
  while (record.now - start < time) {
    patience.pause();
    if (patience.asks()) ++*asked;
  }
  return record.now - start - time;
}

void waits() {
  for (auto time : {microseconds(1), microseconds(20), microseconds(49)}) {
    Record record;
    int asked = 0;
    CHECK(wait(record, time, &asked) <= nanoseconds(20));
    CHECK(record.sleeps.empty() && record.looks > 0 && asked == 0);
  }
  for (auto time : {microseconds(60), microseconds(500), microseconds(5'000), microseconds(95'000)}) {
    Record record;
    int asked = 0;
    nanoseconds late = wait(record, time, &asked);
    CHECK(late <= time / Given::PART + Given::SHORTEST + microseconds(55));
    CHECK(!record.sleeps.empty() && record.looks == Given::SPIN.count() / 20);
    for (nanoseconds sleep : record.sleeps) CHECK(sleep >= Given::SHORTEST && sleep <= Given::LONGEST);
    CHECK(asked <= (time + late) / Given::PERIOD);
    CHECK(asked >= (time + late) / (Given::PERIOD + 2 * Given::LONGEST));
  }
}

nanoseconds processor_time() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return std::chrono::seconds(t.tv_sec) + nanoseconds(t.tv_nsec);
}

/* On this machine, whatever else runs on it. */
void leaves_the_processor() {
  chg::Patience<> patience;
  auto end = std::chrono::steady_clock::now() + milliseconds(200);
  nanoseconds before = processor_time();
  int asked = 0;
  while (std::chrono::steady_clock::now() < end) {
    patience.pause();
    asked += patience.asks();
  }
  nanoseconds used = processor_time() - before;
  CHECK(!patience.spins());
  CHECK(used < milliseconds(40));
  CHECK(asked >= 1 && asked <= 20);
  printf("a wait of 200 ms took %.2f ms of a processor, %d questions\n", static_cast<double>(used.count()) / 1e6, asked);
}

}  // namespace

int main() {
  waits();
  leaves_the_processor();
  return failures != 0;
}
