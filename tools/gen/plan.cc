#include "tools/gen/plan.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "tools/gen/field_data.h"
#include "tools/gen/identifiers.h"

namespace sceau::gen {
namespace {

// What a sequence decides.
enum Purpose : uint64_t { kHeader = 1, kEarlier, kAmount, kWords, kAttachment };

uint64_t Number(Domain domain) { return domain == Domain::kDepense ? 1 : 2; }

Collectivite MakeCollectivite(uint64_t seed) {
  Random random({seed, kHeader});
  Collectivite out;
  out.place = random.Pick(kPlaces);
  out.siret = MakeSiret(random, "2100");
  out.id_post = absl::StrFormat("0990%02d", 1 + random.Below(99));
  out.cod_col = absl::StrFormat("%03d", 100 + random.Below(900));
  out.cod_bud = absl::StrFormat("%02d", random.Below(20));
  return out;
}

}  // namespace

Plan::Plan(const PesSpec& spec) : spec_(spec), collectivite_(MakeCollectivite(spec.seed)) {}

Amount Plan::LineAmount(const PiecePlace& place, int64_t line) const {
  Random random({spec_.seed, kAmount, Number(place.domain), static_cast<uint64_t>(place.bordereau),
                 static_cast<uint64_t>(place.piece), static_cast<uint64_t>(line)});
  static constexpr int64_t kCeilings[] = {10'000, 100'000, 100'000, 500'000};
  static constexpr int64_t kRates[] = {0, 0, 0, 550, 1000, 2000};  // per 10 000
  Amount amount;
  amount.ht =
      100 + static_cast<int64_t>(random.Below(static_cast<uint64_t>(random.Pick(kCeilings))));
  amount.tva = (amount.ht * random.Pick(kRates) + 5'000) / 10'000;
  return amount;
}

Amount Plan::PieceAmount(const PiecePlace& place) const {
  Amount sum;
  for (int64_t line = 0; line < spec_.lines; ++line) {
    const Amount amount = LineAmount(place, line);
    sum.ht += amount.ht;
    sum.tva += amount.tva;
  }
  return sum;
}

Amount Plan::BordereauAmount(Domain domain, int64_t bordereau) const {
  Amount sum;
  for (int64_t piece = 0; piece < spec_.pieces; ++piece) {
    const Amount amount = PieceAmount({domain, bordereau, piece});
    sum.ht += amount.ht;
    sum.tva += amount.tva;
  }
  return sum;
}

int64_t Plan::EarlierAmount(Domain domain) const {
  return static_cast<int64_t>(Random({spec_.seed, kEarlier, Number(domain)}).Below(100'000'000));
}

int64_t Plan::IdBord(Domain domain, int64_t bordereau) const {
  return 1 + static_cast<int64_t>(Random({spec_.seed, kHeader, Number(domain)}).Below(400)) +
         bordereau;
}

int64_t Plan::IdPce(const PiecePlace& place) const {
  return IdBord(place.domain, 0) * 12 + place.bordereau * spec_.pieces + place.piece;
}

absl::CivilDay Plan::Day(Domain domain, int64_t bordereau) const {
  // From February to November, in the order of the numbers.
  return absl::CivilDay(spec_.exercice, 2, 1) + bordereau * 300 / std::max(1, Bordereaux(domain));
}

absl::CivilDay Plan::LastDay() const {
  const auto last = [&](Domain domain) { return Day(domain, std::max(0, Bordereaux(domain) - 1)); };
  return std::max(last(Domain::kDepense), last(Domain::kRecette)) + 1;
}

AttachmentRange Plan::AttachmentsOf(const PiecePlace& place) const {
  // Attachment a belongs to the piece a * pieces / attachments, counted over the whole file.
  const int64_t pieces = PieceCount();
  const int64_t before = place.domain == Domain::kDepense ? 0 : spec_.depense;
  const int64_t index = (before + place.bordereau) * spec_.pieces + place.piece;
  const auto first_of = [&](int64_t piece) {
    return (piece * spec_.attachments + pieces - 1) / pieces;
  };
  return {first_of(index), first_of(index + 1)};
}

PiecePlace Plan::PieceOf(int64_t attachment) const {
  const int64_t pieces = PieceCount();
  if (pieces == 0) return {Domain::kDepense, 0, attachment};
  const int64_t index = attachment * pieces / spec_.attachments;
  const int64_t bordereau = index / spec_.pieces;
  const bool depense = bordereau < spec_.depense;
  return {depense ? Domain::kDepense : Domain::kRecette,
          depense ? bordereau : bordereau - spec_.depense, index % spec_.pieces};
}

Random Plan::WordsOf(const PiecePlace& place, int64_t line) const {
  return Random({spec_.seed, kWords, Number(place.domain), static_cast<uint64_t>(place.bordereau),
                 static_cast<uint64_t>(place.piece), static_cast<uint64_t>(line)});
}

Random Plan::WordsOfAttachment(int64_t attachment) const {
  return Random({spec_.seed, kAttachment, static_cast<uint64_t>(attachment)});
}

std::string Euros(int64_t centimes) {
  return absl::StrFormat("%d.%02d", centimes / 100, centimes % 100);
}

std::string IsoDate(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::string BordereauId(Domain domain, int64_t bordereau) {
  return absl::StrFormat("BORD%c%04d", domain == Domain::kDepense ? 'D' : 'R', bordereau + 1);
}

}  // namespace sceau::gen
