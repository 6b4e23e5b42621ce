// The records of the register of competences: what is known, since when, and for what time.
//
// A record is added and never changed. It holds for the instants in [valid_from, valid_until),
// is known from recorded_at on, and ends early only by a Revocation, which is a record too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/time.h"

namespace sceau::policy {

// A legal text that lets the collectivité sign electronically: data, dated, per territory.
struct LegalBasis {
  std::string reference;
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();
};

struct Collectivite {
  std::string name;
  std::string time_zone;
  std::string territory;
  std::vector<LegalBasis> legal_bases;  // none: not recorded, not asked
  // The DFiP of the territory validates certificates; one it did not validate signs nothing.
  bool certificates_validated = false;
  // A delegation whose act was not verified founds nothing.
  bool acts_verified = false;
  // Local agreement: the act travels with the first signature it founds, later ones cite that file.
  bool acts_travel = false;
};

struct Budget {
  std::string collectivite, siret, id_post, cod_col, cod_bud;
};

struct Person {
  std::string name;
};

// Where a signature goes.
enum class Destination { kAccountant, kPrefecture };

struct CertificateBinding {
  std::string person;
  std::string issuer;      // RFC 4514
  std::string serial;      // decimal
  std::string key_sha256;  // of the SubjectPublicKeyInfo, lower-case hexadecimal
  bool dgfip = false;      // the DGFiP's free certificate: serves the accountant only
  std::vector<Destination> destinations;
};

// The DFiP's validation of a certificate for a collectivité, from valid_from on.
struct CertificateValidation {
  std::string collectivite, certificate, reference;
};

struct Office {
  std::string collectivite;
  std::string title;          // "maire"
  std::string by_delegation;  // "par délégation du maire": begins a delegate's role
  bool ordonnateur = false;   // holds every power itself
};

struct Mandate {
  std::string office, person;
};

enum class Power { kServiceFait, kExecutory, kTitresExecutory };

inline constexpr std::string_view kDepense = "depense", kRecette = "recette", kBudgetAct = "budget";

struct Delegation {
  std::string reference;  // of the act, as the role cites it: "arrêté n° 2026-12"
  std::optional<absl::Time> signed_at, published_at, transmitted_at;
  std::string delegator_office;
  std::string delegate;              // a person
  std::string delegate_office;       // when it ends with that office; may be empty
  std::string founding_text;         // what lets the delegator delegate
  std::vector<std::string> matters;  // kDepense, kRecette, kBudgetAct, or a kind of document
  std::vector<Power> powers;
  std::vector<std::string> kinds;            // that kExecutory attests; "*": every kind recognised
  std::vector<std::string> budgets;          // ids; none: every budget of the collectivité
  std::vector<std::string> bordereau_types;  // none: every type
  std::optional<int64_t> piece_ceiling, bordereau_ceiling;  // cents, inclusive
  bool in_absence_only = false;
  bool sub_delegation = false;  // the delegate may delegate in turn
  std::string parent;           // the delegation the delegator itself acts under
  std::string act_sha256;       // of the act's file, lower-case hexadecimal; empty: no act
  bool act_verified = false;    // the act carries the delegator's valid signature

  // The later of publication and transmission; without both it has no effect.
  absl::Time Executory() const;
};

// The holder of the office is away in [valid_from, valid_until).
struct Absence {
  std::string office;
};

// The target holds no more from valid_from on.
struct Revocation {
  std::string target, reference;
};

// A kind of supporting document is recognised by every condition that the rule sets.
struct KindRule {
  std::string collectivite, kind;
  std::string name_pattern;  // of NomPJ, '*' any text, '?' one character, letters without case
  std::string type_pj;       // TypePJ
  std::string domain;        // RefCompta/Domaine
  bool decision = false;     // can itself found the executory character of another piece
};

using Body = std::variant<Collectivite, Budget, Person, CertificateBinding, CertificateValidation,
                          Office, Mandate, Delegation, Absence, Revocation, KindRule>;

struct Record {
  std::string id;
  absl::Time valid_from = absl::InfinitePast();
  absl::Time valid_until = absl::InfiniteFuture();
  absl::Time recorded_at;
  Body body;
};

}  // namespace sceau::policy
