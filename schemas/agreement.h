// The local agreement as data: what a collectivité and its accountant agreed to exchange.
//
//   [[agreement]]
//   id_coll = "12345678901234"     # SIRET
//   id_post = "034000"             # the receiver; absent: any
//   from = "2024-01-01"            # first day of dematerialised bordereaux; absent: any day
//   domains = ["DEPENSE"]          # absent: both
//   budgets = ["00", "01"]         # CodBud; absent: all
//   [[agreement.domain]]           # in place of `domains`, or beside: one with its own first day
//   name = "RECETTE"
//   from = "2025-01-01"            # the later of this and the agreement's counts
//   [[agreement.kind]]             # kinds of supporting document; none: all
//   label = "factures"             # for who reads it
//   mime_type = ["application/pdf", "text/xml"]  # one or several; absent: any
//   name = "Facture_[0-9]+\\.pdf"  # the whole NomPJ (ECMAScript), one or several; absent: any
//   from = "2024-07-01"            # first day of the bordereaux that refer to one; absent: any
//   readable_text = true           # a PDF whose pages are not pictures of text; absent: any
//
// There is one record for a collectivité and a receiver; that of the receiver goes before that of
// any receiver.
#pragma once

#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "schemas/finding.h"
#include "schemas/pes.h"

namespace sceau::schemas {

struct DocumentKind {
  std::string label;
  std::vector<std::string> mime_types;  // none: any
  std::vector<std::regex> names;        // none: any
  std::string from;                     // empty: any day
  bool readable_text = false;
};

struct AgreedDomain {
  std::string name;  // "DEPENSE"
  std::string from;  // empty: the agreement's
};

struct Agreement {
  std::string id_coll, id_post;
  std::string from;
  std::vector<AgreedDomain> domains;  // none: both
  std::vector<std::string> budgets;   // none: all
  std::vector<DocumentKind> kinds;
};

// Error: kConfigInvalid, with the file `name`, line and key; also for two records of one
// collectivité and receiver, or of one domain.
StatusOr<std::vector<Agreement>> ParseAgreements(std::string_view text, const std::string& name);

// What of the file lies outside the agreement of its collectivité and receiver.
std::vector<Finding> CheckAgreement(const PesFacts& facts, const std::vector<Agreement>& agreements);

}  // namespace sceau::schemas
