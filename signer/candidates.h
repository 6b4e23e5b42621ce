// The parse before signing: facts, identifiers, and the digest of every element that may be signed,
// as it will be after the edits that come before the signature.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "schemas/budget_reader.h"
#include "schemas/pes_reader.h"
#include "xml/canonical.h"
#include "xml/gate.h"
#include "xml/ids.h"

namespace sceau::signer {

// What the edits will have changed when the digests are made.
struct AssumedEdits {
  bool whole = false;               // the root is digested, not the bordereaux
  bool whole_document = false;      // and what stands around it too (URI="")
  bool set_dematerialisee = false;  // flags are set to 1 (only seen by the root's digest)
  // The Id an element without one is given: by its default name ("BD1", "PES").
  std::map<std::string, std::string> ids;

  // The Id to be given instead of the default one.
  const std::string& IdFor(const std::string& default_id) const {
    auto found = ids.find(default_id);
    return found == ids.end() ? default_id : found->second;
  }
};

// "BD1", "BR2": ordinal in the domain.
std::string DefaultId(const schemas::Bordereau& bordereau);
inline constexpr char kDefaultRootId[] = "PES";

struct Candidates {
  xml::Gate gate;
  schemas::Kind kind = schemas::Kind::kOther;
  schemas::PesReader pes;        // of any kind: the root and the signatures; of a PES: all of it
  schemas::BudgetReader budget;  // only of a budget act
  xml::IdSet ids;
  std::vector<std::string> bordereau_digests;  // raw, one a bordereau; empty when `whole`
  std::string root_digest;                     // raw; only when `whole`: of what is signed then
  std::string sha256;                          // raw, of the bytes that were read
};

// One parse. Errors: those of the parser; kDocumentUnknown for another than a PES_Aller or a
// budget act.
StatusOr<std::unique_ptr<Candidates>> ReadCandidates(const InputFile& input,
                                                     const xml::CanonicalOptions& canonical,
                                                     DigestAlgorithm digest,
                                                     const AssumedEdits& edits);

}  // namespace sceau::signer
