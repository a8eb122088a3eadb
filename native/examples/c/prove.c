/* prove KEYS PROMPT N: continues a prompt by N tokens, proves it, verifies the proof. KEYS has the file model.pk. */
#include <chagres.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_IDS = 4096 };

static uint8_t *proof;
static size_t proof_bytes;

static void check(int32_t status) {
  if (status == CHAGRES_OK) return;
  fprintf(stderr, "%s\n", chagres_error());
  exit(1);
}

static int32_t progress(void *user, const char *phase, double done) {
  (void)user;
  fprintf(stderr, "%s %.0f%%\n", phase, 100 * done);
  return 0; /* 1 would cancel */
}

static int32_t token(void *key, int32_t id) {
  char text[1024];
  size_t bytes;
  check(chagres_decode(key, &id, 1, text, sizeof text, &bytes));
  printf("token %d '%.*s'\n", id, (int)bytes, text);
  return 0;
}

static int32_t keep(void *user, const uint8_t *bytes, size_t n) {
  (void)user;
  proof = malloc(n);
  if (proof != NULL) memcpy(proof, bytes, n);
  proof_bytes = n;
  return proof == NULL;
}

int main(int argc, char **argv) {
  if (argc != 4) return fprintf(stderr, "give: KEYS PROMPT N\n"), 2;
  char file[4096];
  snprintf(file, sizeof file, "%s/model.pk", argv[1]);
  chagres_options options = {.size = sizeof options};
  chagres_engine *engine;
  chagres_prover *prover;
  chagres_key *key;
  check(chagres_engine_open(&options, &engine));
  check(chagres_prover_open(engine, file, &prover));
  check(chagres_prover_key(prover, &key)); /* who only verifies calls chagres_key_open() with the bytes of model.vk */

  int32_t ids[MOST_IDS];
  size_t n;
  chagres_sink sink = {.size = sizeof sink, .progress = progress, .token = token, .proof = keep, .user = key};
  check(chagres_encode(key, argv[2], strlen(argv[2]), ids, MOST_IDS, &n));
  check(chagres_prove(prover, ids, n, atoi(argv[3]), &sink));

  chagres_verdict verdict = {.size = sizeof verdict};
  check(chagres_verify(key, proof, proof_bytes, &verdict));
  printf("%zu bytes, %zu + %zu ids, %s\n", proof_bytes, verdict.prompt, verdict.output, verdict.text);
  int accepted = verdict.accepted;
  chagres_verdict_close(&verdict);
  free(proof);
  chagres_key_close(key);
  check(chagres_prover_close(prover));
  check(chagres_engine_close(engine));
  return accepted ? 0 : 1;
}
