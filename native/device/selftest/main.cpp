/*
 * Self-test of a device without Java: how long a call takes, what the kernels compute beside a twin on the processor,
 * and how fast the main ones are.
 *
 *   chagres_device_selftest --library libchagres_cuda.so [--twin libchagres_host.so] [--quick] [--ordinal N]
 *                           [--rates-scale S] [--seconds N] [--json FILE]
 *
 * Exit status: 0 all is right, 1 a comparison failed, 2 usage, 3 no device, with the reason in one line.
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "cases.h"
#include "rates.h"

namespace {

enum Exit { RIGHT = 0, WRONG = 1, USAGE = 2, NO_DEVICE = 3 };
/* Room for the largest case; the twin fills all of its slab for each. */
constexpr uint64_t SLAB = 32u << 20;

struct Options {
  std::string library, twin, json;
  int ordinal = 0, scale = 0;
  double seconds = 60;
  bool quick = false;
};

[[noreturn]] void usage(const std::string &problem) {
  fprintf(stderr,
          "chagres_device_selftest: %s; give --library FILE [--twin FILE] [--quick] [--ordinal N] [--rates-scale S] "
          "[--seconds N] [--json FILE]\n",
          problem.c_str());
  exit(USAGE);
}

Options parse(int count, char **arguments) {
  Options o;
  for (int i = 1; i < count; i++) {
    std::string name = arguments[i];
    if (name == "--quick") {
      o.quick = true;
      continue;
    }
    if (i + 1 == count) usage(name + " needs a value");
    std::string value = arguments[++i];
    if (name == "--library") o.library = value;
    else if (name == "--twin") o.twin = value;
    else if (name == "--json") o.json = value;
    else if (name == "--ordinal") o.ordinal = atoi(value.c_str());
    else if (name == "--rates-scale") o.scale = atoi(value.c_str());
    else if (name == "--seconds") o.seconds = atof(value.c_str());
    else usage("unknown option " + name);
  }
  if (o.library.empty()) usage("no --library");
  if (o.scale < 0 || o.scale > 12) usage("--rates-scale is 0 to 12");
  if (o.twin.empty()) o.twin = o.library.substr(0, o.library.rfind('/') + 1) + "libchagres_host.so";
  return o;
}

std::string quoted(const std::string &text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c < ' ' ? ' ' : c;
  }
  return out + '"';
}

struct Result {
  Case of;
  std::string problem; /* empty: equal */
  size_t values;
};

/* Empty when the device and its twin have given the same results. */
Result compare(const Case &c, uint64_t seed, Machine &device, Machine &twin) {
  for (Machine *m : {&twin, &device}) {
    try {
      m->begin(seed);
      c.run(*m);
    } catch (const std::runtime_error &e) {
      return {c, (m == &twin ? "the twin: " : "") + std::string(e.what()), 0};
    }
  }
  if (device.record.size() != twin.record.size()) return {c, "another number of results", 0};
  for (size_t i = 0; i < twin.record.size(); i++)
    if (device.record[i] != twin.record[i])
      return {c, "result " + std::to_string(i) + " is " + std::to_string(device.record[i]) + ", not " +
                     std::to_string(twin.record[i]), i};
  return {c, "", twin.record.size()};
}

std::string json_rates(const std::vector<Rate> &rates) {
  std::string out = "[";
  for (const Rate &r : rates) {
    char number[128];
    snprintf(number, sizeof number, "\"measured\": %.6g, \"predicted\": %.6g", r.measured, r.predicted);
    out += std::string(out.size() > 1 ? ", " : "") + "{\"name\": " + quoted(r.name) + ", \"unit\": " +
           quoted(r.unit) + ", " + number + "}";
  }
  return out + "]";
}

void print(const std::vector<Rate> &rates) {
  for (const Rate &r : rates) {
    printf("  %-44s %10.4g %s", r.name.c_str(), r.measured, r.unit.c_str());
    if (r.predicted > 0) printf("  (predicted for an H100 %.3g, ratio %.2f)", r.predicted, r.measured / r.predicted);
    printf("\n");
  }
  fflush(stdout);
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (auto cases : {array_cases, sum_cases, fft_cases, hash_cases, integer_cases, panel_cases, tree_cases,
                     statement_cases, row_cases, inference_cases})
    for (const Case &c : cases()) all.push_back(c);
  return all;
}

}  // namespace

int main(int count, char **arguments) {
  Options options = parse(count, arguments);
  try {
    Library library(options.library), twin(options.twin);
    int32_t devices = 0, driver = 0, runtime = 0;
    if (library.device_count(&devices, &driver, &runtime) != CHG_OK) {
      fprintf(stderr, "chagres_device_selftest: no device: %s\n", library.message());
      return NO_DEVICE;
    }
    double start = now();
    chg_device *opened = nullptr;
    chg_device_info info{};
    if (library.open(options.ordinal, CHG_ALIGNMENT, &opened) != CHG_OK) {
      fprintf(stderr, "chagres_device_selftest: no device: %s\n", library.message());
      return NO_DEVICE;
    }
    library.describe(opened, &info);
    library.close(opened);
    printf("device %d of %d: %s, compute capability %d, %d multiprocessors, %.1f of %.1f GiB free, driver %d, runtime "
           "%d\n%s\n",
           options.ordinal, devices, info.name, info.compute_capability, info.multiprocessors,
           (double)info.free_bytes / 0x1p30, (double)info.memory_bytes / 0x1p30, driver, runtime,
           library.build_info());
    std::vector<Rate> latency = latencies(library, options.ordinal);
    print(latency);

    std::vector<Result> results;
    int wrong = 0;
    {
      Machine device(library, options.ordinal, SLAB, 0xa5a5a5a5), other(twin, 0, SLAB, 0xdbdbdbd8);
      uint64_t seed = 1;
      for (const Case &c : all_cases()) {
        results.push_back(compare(c, seed++, device, other));
        const Result &r = results.back();
        if (!r.problem.empty()) {
          wrong++;
          printf("  WRONG %s, %s: %s\n", c.group, c.name, r.problem.c_str());
          if (strstr(r.problem.c_str(), "lost")) break;
        }
      }
    }
    size_t values = 0;
    for (const Result &r : results) values += r.values;
    printf("  %zu of %zu cases right, %zu results compared with %s\n", results.size() - (size_t)wrong,
           all_cases().size(), values, options.twin.c_str());
    fflush(stdout);
    wrong += (int)(all_cases().size() - results.size());

    std::vector<Rate> rate;
    if (!options.quick && wrong == 0) {
      rate = rates(library, options.ordinal, options.scale, options.seconds);
      print(rate);
    }
    printf("  %.1f s\n", now() - start);
    if (!options.json.empty()) {
      FILE *json = fopen(options.json.c_str(), "w");
      if (!json) usage("cannot write " + options.json);
      fprintf(json,
              "{\"device\": %s, \"computeCapability\": %d, \"multiprocessors\": %d, \"memoryBytes\": %llu, "
              "\"driver\": %d, \"runtime\": %d, \"library\": %s, \"cases\": %zu, \"wrong\": %d, \"results\": %zu, "
              "\"latencies\": %s, \"rates\": %s, \"problems\": [",
              quoted(info.name).c_str(), info.compute_capability, info.multiprocessors,
              (unsigned long long)info.memory_bytes, driver, runtime, quoted(library.build_info()).c_str(),
              all_cases().size(), wrong, values, json_rates(latency).c_str(), json_rates(rate).c_str());
      bool first = true;
      for (const Result &r : results)
        if (!r.problem.empty()) {
          fprintf(json, "%s%s", first ? "" : ", ",
                  quoted(std::string(r.of.group) + ", " + r.of.name + ": " + r.problem).c_str());
          first = false;
        }
      fprintf(json, "]}\n");
      fclose(json);
    }
    return wrong == 0 ? RIGHT : WRONG;
  } catch (const std::runtime_error &e) {
    fprintf(stderr, "chagres_device_selftest: %s\n", e.what());
    return WRONG;
  }
}
