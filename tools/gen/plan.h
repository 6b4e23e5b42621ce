// What the file will hold, computed from the seed whenever it is asked for and never held.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/civil_time.h"
#include "tools/gen/random.h"
#include "tools/gen/spec.h"

namespace sceau::gen {

enum class Domain { kDepense, kRecette };

// In centimes.
struct Amount {
  int64_t ht = 0;
  int64_t tva = 0;
};

// The collectivité whose budget it is.
struct Collectivite {
  std::string_view place;
  std::string siret;
  std::string id_post;
  std::string cod_col;
  std::string cod_bud;
};

// Attachments [first, last) of one piece.
struct AttachmentRange {
  int64_t first = 0;
  int64_t last = 0;
};

// A piece: its domain, its bordereau in the domain and its place in the bordereau, all from 0.
struct PiecePlace {
  Domain domain = Domain::kDepense;
  int64_t bordereau = 0;
  int64_t piece = 0;
};

class Plan {
 public:
  explicit Plan(const PesSpec& spec);

  const PesSpec& spec() const { return spec_; }
  const Collectivite& collectivite() const { return collectivite_; }
  int Bordereaux(Domain domain) const {
    return domain == Domain::kDepense ? spec_.depense : spec_.recette;
  }
  int64_t PieceCount() const { return (int64_t{spec_.depense} + spec_.recette) * spec_.pieces; }

  Amount LineAmount(const PiecePlace& place, int64_t line) const;
  Amount PieceAmount(const PiecePlace& place) const;
  Amount BordereauAmount(Domain domain, int64_t bordereau) const;
  // Of the year before the first bordereau of the file.
  int64_t EarlierAmount(Domain domain) const;

  int64_t IdBord(Domain domain, int64_t bordereau) const;
  int64_t IdPce(const PiecePlace& place) const;
  absl::CivilDay Day(Domain domain, int64_t bordereau) const;
  absl::CivilDay LastDay() const;

  AttachmentRange AttachmentsOf(const PiecePlace& place) const;
  // The piece an attachment belongs to; without any bordereau, a mandat sent earlier.
  PiecePlace PieceOf(int64_t attachment) const;

  // The sequence that decides the words of one thing of the file.
  Random WordsOf(const PiecePlace& place, int64_t line = -1) const;
  Random WordsOfAttachment(int64_t attachment) const;

 private:
  PesSpec spec_;
  Collectivite collectivite_;
};

std::string Euros(int64_t centimes);                        // "1234.56"
std::string IsoDate(absl::CivilDay day);                    // "2024-03-31"
std::string BordereauId(Domain domain, int64_t bordereau);  // "BORDD0001", "BORDR0001"
inline constexpr std::string_view kRootId = "PESALLER1";

}  // namespace sceau::gen
