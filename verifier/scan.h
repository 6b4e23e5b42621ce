// The first pass over a file: facts, identifiers, every signature judged by itself, and the digests
// that the usual signatures need, made while the bytes pass.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "schemas/pes_reader.h"
#include "verifier/signature_check.h"
#include "xml/canonical.h"
#include "xml/fragment.h"
#include "xml/ids.h"
#include "xml/parser.h"

namespace sceau::verifier {

// Of one element; each takes the digest of the whole element.
inline constexpr int kMaxParallelSignatures = 4;

// One digest still to be made in the second pass.
struct DigestJob {
  size_t signature = 0;  // index into Scan::signatures
  ContentReference reference;
  int64_t apex_offset = 0;
  int64_t skip_offset = 0;
};

struct Scan {
  schemas::Kind kind = schemas::Kind::kOther;
  std::string sha256;  // of the file, hexadecimal
  schemas::PesReader pes;
  xml::IdSet ids;
  std::vector<CheckedSignature> signatures;
  std::vector<std::optional<bool>> content_holds;  // per signature; unset: see jobs
  std::vector<DigestJob> jobs;
  std::vector<std::string> root_children;  // paths of the parts of a PES that no bordereau holds
};

// Errors: those of the parser, kXmlLimitExceeded.
StatusOr<std::unique_ptr<Scan>> ScanFile(const InputFile& file);

// The second pass: makes the digests of the jobs, all in one parse, and notes whether they hold.
// Errors: kInputChanged when the file is not what the first pass read.
Status RunJobs(const InputFile& file, Scan& scan);

}  // namespace sceau::verifier
