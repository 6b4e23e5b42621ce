// What is about to be signed, and what the signature attests, shown before the PIN is asked for.
#pragma once

#include <string>
#include <vector>

#include "base/lang.h"
#include "schemas/pes.h"
#include "signer/signer.h"

namespace sceau::cli {

struct PreviewContent {
  std::string file;
  const schemas::PesFacts* facts = nullptr;
  const schemas::BudgetFacts* budget = nullptr;  // of a budget act; then the rest of facts is empty
  bool detached = false;                         // the file as it is, whatever it is
  bool whole = false;                            // the root is signed
  std::vector<size_t> bordereaux;                // to be signed, as indices into facts->bordereaux
  std::string certificate;                       // DER; empty: the service chooses it
  std::string role, city, postal_code, country;
  std::string profile;
  bool set_dematerialisee = false;
  const signer::Prepared* checked = nullptr;  // its warnings; null: the service checks
};

// Of what was prepared here; the facts stay those of `prepared`.
PreviewContent ContentOf(const std::string& file, const signer::Prepared& prepared);

// Several lines, the last one ended. Every value of the document is made safe for a terminal.
std::string Preview(const PreviewContent& content, Lang lang);

}  // namespace sceau::cli
