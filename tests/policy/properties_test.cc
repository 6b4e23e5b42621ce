// Properties of the decision over random registers and questions.
#include <gtest/gtest.h>

#include <random>

#include "base/strings.h"
#include "policy/decide.h"
#include "policy/record_json.h"
#include "tests/policy/case_file.h"

namespace sceau::policy {
namespace {

constexpr int kRounds = 4000;

absl::Time Day(int day) { return absl::FromUnixSeconds(1767225600) + absl::Hours(24 * day); }

// A small world in which random acts often meet random questions.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  bool Often() { return Below(8) != 0; }
  std::string Name(std::string_view prefix, int limit) { return Concat(prefix, Below(limit)); }

  Record Make(std::string id, Body body) {
    Record record{std::move(id), Day(Below(8)), absl::InfiniteFuture(), Day(Below(20)),
                  std::move(body)};
    if (!Often()) record.valid_until = record.valid_from + absl::Hours(24 * (1 + Below(30)));
    return record;
  }

  std::vector<Record> World() {
    std::vector<Record> out;
    const auto fixed = [&](const std::string& id, Body body) {
      out.push_back({id, absl::InfinitePast(), absl::InfiniteFuture(), Day(-9), std::move(body)});
    };
    Collectivite ville{"Ville", "Europe/Paris", "", {}, false, Below(6) == 0, Below(4) == 0};
    fixed("ville", ville);
    fixed("principal", Budget{"ville", "1", "", "1", "1"});
    for (const int i : {0, 1, 2}) {
      const std::string person = Concat("p", i);
      fixed(person, Person{person});
      fixed(Concat("o", i), Office{"ville", "office", "par delegation", i == 0});
      fixed(Concat("m", i), Mandate{Concat("o", i), person});
      fixed(Concat("c", i),
            CertificateBinding{
                person, "CN=A", Concat("0", i), "k", false, {Destination::kAccountant}});
    }
    fixed("facture", KindRule{"ville", "facture", "f*", "", "", false});
    for (int i = Below(8); i > 0; --i) out.push_back(RandomDelegation(Concat("d", i)));
    for (int i = Below(3); i > 0; --i) out.push_back(Make(Concat("a", i), Absence{"o0"}));
    return out;
  }

  Record RandomDelegation(const std::string& id) {
    Delegation act;
    act.reference = id;
    act.signed_at = Day(Below(5));
    if (Often()) act.published_at = *act.signed_at + absl::Hours(24 * Below(5));
    if (Often()) act.transmitted_at = *act.signed_at + absl::Hours(24 * Below(5));
    act.delegator_office = Often() ? "o0" : "o1";
    act.delegate = Name("p", 3);
    if (Often()) act.matters.emplace_back(kDepense);
    if (act.matters.empty() || !Often()) act.matters.emplace_back(kRecette);
    for (const Power power : {Power::kServiceFait, Power::kExecutory, Power::kTitresExecutory}) {
      if (Often()) act.powers.push_back(power);
    }
    if (Often()) act.kinds.emplace_back("*");
    if (!Often()) act.piece_ceiling = Below(100);
    if (!Often()) act.bordereau_ceiling = Below(100);
    act.in_absence_only = Below(5) == 0;
    act.sub_delegation = Below(2) == 0;
    act.act_sha256 = Often() ? "aa" : "bb";
    act.act_verified = Often();
    return Make(id, act);
  }

  DocumentFacts Document() {
    DocumentFacts out;
    out.siret = out.cod_col = out.cod_bud = "1";
    BordereauFacts bordereau;
    bordereau.name = "B";
    bordereau.matter = Often() ? kDepense : kRecette;
    bordereau.type = "01";
    bordereau.amount = Below(100);
    bordereau.largest_piece = Below(100);
    bordereau.pieces_justificatives = {"PJ"};
    out.bordereaux.push_back(bordereau);
    out.pieces.push_back({"PJ", Often() ? "facture.pdf" : "x.pdf", "", {}});
    if (Often()) out.acts.emplace_back("aa");
    return out;
  }

  Signer SomeSigner() { return {"CN=A", Name("0", 3), "k"}; }

 private:
  std::mt19937 random_;
};

Decision Ask(const std::vector<Record>& records, const Signer& signer,
             const DocumentFacts& document, absl::Time at, absl::Time known_at) {
  auto facts = Register::Make(records);
  EXPECT_TRUE(facts.ok()) << facts.status();
  return Decide(signer, **facts, document, {"B"}, at, known_at);
}

// Runs `check(generator, records, signer, document, at, known_at)` over random worlds.
template <typename Check>
void Rounds(Check check) {
  for (unsigned seed = 0; seed < kRounds; ++seed) {
    SCOPED_TRACE(seed);
    Generator generator(seed);
    auto records = generator.World();
    const Signer signer = generator.SomeSigner();
    const DocumentFacts document = generator.Document();
    const absl::Time at = Day(generator.Below(30));
    check(generator, records, signer, document, at, Day(generator.Below(30)));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(DecisionProperties, AddingADelegationNeverLowersTheAnswer) {
  int raised = 0;
  Rounds([&](Generator& generator, auto records, const Signer& signer, const auto& document,
             absl::Time at, absl::Time known_at) {
    const Answer before = Ask(records, signer, document, at, known_at).answer;
    records.push_back(generator.RandomDelegation("added"));
    const Answer after = Ask(records, signer, document, at, known_at).answer;
    EXPECT_GE(after, before);
    raised += after > before ? 1 : 0;
  });
  EXPECT_GT(raised, kRounds / 200);
}

TEST(DecisionProperties, RevokingADelegationNeverRaisesTheAnswer) {
  int lowered = 0;
  Rounds([&](Generator& generator, auto records, const Signer& signer, const auto& document,
             absl::Time at, absl::Time known_at) {
    records.push_back(generator.RandomDelegation("target"));
    const Answer before = Ask(records, signer, document, at, known_at).answer;
    Record revocation = generator.Make("revocation", Revocation{"target", ""});
    revocation.valid_until = absl::InfiniteFuture();
    records.push_back(revocation);
    const Answer after = Ask(records, signer, document, at, known_at).answer;
    EXPECT_LE(after, before);
    lowered += after < before ? 1 : 0;
  });
  EXPECT_GT(lowered, kRounds / 200);
}

TEST(DecisionProperties, WhatIsRecordedLaterChangesNothingOfWhatWasKnown) {
  int changed_now = 0;
  Rounds([&](Generator& generator, auto records, const Signer& signer, const auto& document,
             absl::Time at, absl::Time known_at) {
    const Decision before = Ask(records, signer, document, at, known_at);
    for (const Body& body : std::initializer_list<Body>{
             generator.RandomDelegation("x").body, Revocation{"m0", ""}, Revocation{"c1", ""},
             Absence{"o0"}, Mandate{"o0", "p1"}, KindRule{"ville", "autre", "*", "", "", true}}) {
      Record record = generator.Make(Concat("later", records.size()), body);
      record.valid_from = at - absl::Hours(24);
      record.valid_until = absl::InfiniteFuture();
      record.recorded_at = known_at + absl::Nanoseconds(1);
      records.push_back(record);
    }
    const Decision after = Ask(records, signer, document, at, known_at);
    EXPECT_EQ(after.answer, before.answer);
    EXPECT_EQ(ReasonsOf(after), ReasonsOf(before));
    EXPECT_EQ(after.role, before.role);
    const Answer now = Ask(records, signer, document, at, absl::InfiniteFuture()).answer;
    changed_now += now != before.answer ? 1 : 0;
  });
  EXPECT_GT(changed_now, kRounds / 200);
}

TEST(RecordLines, ReadBackAsTheyWereWritten) {
  Rounds([](Generator&, const auto& records, const auto&, const auto&, absl::Time, absl::Time) {
    for (const Record& record : records) {
      const std::string line = WriteRecordLine(record);
      const auto read = ReadRecordLine(line);
      ASSERT_TRUE(read.ok()) << line << read.status();
      EXPECT_EQ(WriteRecordLine(*read), line);
    }
  });
}

}  // namespace
}  // namespace sceau::policy
