// What a decision costs with 100 000 delegations in the register, 100 for each of 1 000 delegates:
// when the first act founds it, and when each of the 100 must be explained.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/strings.h"
#include "policy/decide.h"

namespace sceau::policy {
namespace {

constexpr int kDelegations = 100'000;
constexpr int kPersons = 1'000;

absl::Time Begin() { return absl::FromUnixSeconds(1767225600); }  // 2026-01-01

Record Always(std::string id, Body body) {
  return {std::move(id), absl::InfinitePast(), absl::InfiniteFuture(), Begin(), std::move(body)};
}

Delegation Act(int number) {
  Delegation act;
  act.reference = Concat("arrêté n° ", number);
  act.signed_at = act.published_at = act.transmitted_at = Begin();
  act.delegator_office = "maire";
  act.delegate = Concat("p", number % kPersons);
  act.matters = {std::string(kDepense)};
  act.powers = {Power::kServiceFait, Power::kExecutory};
  act.kinds = {"facture"};
  act.bordereau_ceiling = number < kPersons ? 1'000'000 : 1;  // one act in a hundred covers
  return act;
}

std::shared_ptr<const Register> Facts() {
  std::vector<Record> records;
  records.push_back(Always("ville", Collectivite{"Ville", "Europe/Paris", "FR", {}}));
  records.push_back(Always("principal", Budget{"ville", "1", "", "1", "1"}));
  records.push_back(Always("facture", KindRule{"ville", "facture", "facture*", "", "", false}));
  records.push_back(Always("maire", Office{"ville", "maire", "par délégation du maire", true}));
  for (int i = 0; i < kPersons; ++i) {
    const std::string person = Concat("p", i);
    records.push_back(Always(person, Person{person}));
    records.push_back(
        Always(Concat("c", i),
               CertificateBinding{
                   person, "CN=AC", Concat("s", i), "k", false, {Destination::kAccountant}}));
  }
  records.push_back(Always("anne", Person{"Anne"}));
  records.push_back(Always("mandat", Mandate{"maire", "anne"}));
  for (int i = 0; i < kDelegations; ++i) records.push_back(Always(Concat("d", i), Act(i)));
  auto made = Register::Make(std::move(records));
  return made.ok() ? *std::move(made) : nullptr;
}

void Decision100000(benchmark::State& state) {
  static const auto kFacts = Facts();
  DocumentFacts document;
  document.siret = document.cod_col = document.cod_bud = "1";
  BordereauFacts bordereau;
  bordereau.name = "B";
  bordereau.amount = state.range(0);
  bordereau.pieces_justificatives = {"F"};
  document.bordereaux.push_back(bordereau);
  document.pieces.push_back({"F", "facture.pdf", "", {}});
  const auto expected = state.range(0) <= 1'000'000 ? Answer::kPermitted : Answer::kDenied;
  int person = 0;
  for (auto _ : state) {
    const Signer signer{"CN=AC", Concat("s", person++ % kPersons), "k"};
    const auto decision = Decide(signer, *kFacts, document, {"B"}, Begin(), Begin());
    if (decision.answer != expected) state.SkipWithError("another answer");
  }
}
BENCHMARK(Decision100000)->Arg(500'000)->Arg(5'000'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sceau::policy

BENCHMARK_MAIN();
