// The first pass over a file: facts, identifiers, every signature judged by itself, and the digests
// that the usual signatures need, made while the bytes pass.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "schemas/acte.h"
#include "schemas/budget_reader.h"
#include "schemas/pes_reader.h"
#include "verifier/signature_check.h"
#include "xml/canonical.h"
#include "xml/fragment.h"
#include "xml/ids.h"
#include "xml/parser.h"

namespace sceau::verifier {

// Of one element; each takes the digest of the whole element.
inline constexpr int kMaxParallelSignatures = 4;
// Of a document that is neither a PES nor a budget act.
inline constexpr size_t kMaxSignaturesElsewhere = 64;

// Octets of signatures that are held for their archive time stamps; those beyond are not checked.
inline constexpr size_t kMaxHeldImprints = 32 << 20;

// A signature that has been read: what is kept of it until its verdict.
struct ScannedSignature {
  Evidence evidence;
  int64_t parent_offset = 0;  // of the element it signs
  int64_t signature_offset = 0;
  // Until their digests are known; one, but where any document is judged.
  std::unique_ptr<const std::vector<ContentReference>> contents;
  std::optional<bool> content_holds;
  // That are still to be compared.
  std::vector<ArchiveImprint> imprints, manifest_digests;
  std::optional<size_t> acte_file;  // of a message of @CTES: the file whose signature it is
  bool named_otherwise = false;     // than the file that was given
};

struct Scan {
  schemas::Kind kind = schemas::Kind::kOther;
  std::string sha256;  // of the file, hexadecimal
  schemas::PesReader pes;
  schemas::BudgetReader budget;  // only of a budget act or a CFU
  schemas::ActeReader acte;      // only of a message of @CTES
  xml::IdSet ids;
  std::vector<ScannedSignature> signatures;  // in document order
  SignatureList reports;                     // the same, without verdicts
  std::vector<std::string> root_children;    // paths of the parts of a PES that no bordereau holds
};

// `signers`: certificates that may be the signer's of a signature that names none, in a document
// that is neither a PES nor a budget act.
// Errors: those of the parser, kXmlLimitExceeded.
StatusOr<std::unique_ptr<Scan>> ScanFile(
    const InputFile& file,
    const std::vector<std::shared_ptr<const xades::Certificate>>& signers = {});

}  // namespace sceau::verifier
