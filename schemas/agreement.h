// The local agreement as data: what a collectivité and its accountant agreed to exchange.
//
//   [[agreement]]
//   id_coll = "12345678901234"     # SIRET
//   id_post = "034000"             # the receiver; absent: any
//   from = "2024-01-01"            # first day of dematerialised bordereaux; absent: any day
//   domains = ["DEPENSE"]          # absent: both
//   budgets = ["00", "01"]         # CodBud; absent: all
//   [[agreement.kind]]             # kinds of supporting document; none: all
//   mime_type = "application/pdf"
//   name = "Facture_[0-9]+\\.pdf"  # the whole NomPJ (ECMAScript); absent: any
//   readable_text = true           # a PDF whose pages are not pictures of text; absent: any
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
  std::string mime_type;
  std::string name;
  std::regex pattern{".*"};
  bool readable_text = false;
};

struct Agreement {
  std::string id_coll, id_post;
  std::string from;
  std::vector<std::string> domains, budgets;
  std::vector<DocumentKind> kinds;
};

// Error: kConfigInvalid, with the file `name`, line and key.
StatusOr<std::vector<Agreement>> ParseAgreements(std::string_view text, const std::string& name);

// What of the file lies outside the agreement of its collectivité and receiver.
std::vector<Finding> CheckAgreement(const PesFacts& facts, const std::vector<Agreement>& agreements);

}  // namespace sceau::schemas
