// The TotEM seal of a budget act: <Scellement md5 sha1 date>.
//
// It is MD5 and SHA-1, in upper-case hexadecimal, of the document in inclusive canonical form
// (Canonical XML 1.0 without comments, W3C REC-xml-c14n-20010315) without the Scellement element
// and without the white space between it and what follows. It tells an accident, not a forger:
// anyone can make one. A CFU has the seal inside its DocumentBudgetaire, and it covers the whole
// CFU, signatures too.
//
// The document is sealed first and signed after. So a seal is tried on the document as it stands
// and on the document without the signatures that are children of its root.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "xml/canonical.h"
#include "xml/events.h"

namespace sceau::schemas {

inline constexpr std::string_view kBudgetNamespace =
    "http://www.minefi.gouv.fr/cp/demat/docbudgetaire";

enum class SealState {
  kAbsent,
  kHolds,                   // for the document as it stands
  kHoldsWithoutSignatures,  // for the document before it was signed
  kBroken,
};
std::string_view NameOf(SealState state);  // "ABSENT", "HOLDS", ...

// Upper-case hexadecimal.
struct SealDigests {
  std::string md5, sha1;
  bool operator==(const SealDigests&) const = default;
};

struct Seal {
  int count = 0;  // Scellement elements; the first counts, a second one breaks the seal
  SealDigests stated;
  std::string date;      // xs:dateTime as written
  xml::ByteRange bytes;  // from its start tag to its end tag
  int64_t line = 0;
  int64_t column = 0;
  SealDigests computed;                     // of the document as it stands
  SealDigests computed_without_signatures;  // the same where there is none
  SealState state = SealState::kAbsent;
};

// Reads and recomputes the seal while the document passes; it must be given every event from the
// first one on. Memory does not grow with the document.
class SealReader {
 public:
  // Of white space after the seal; more is no layout.
  static constexpr size_t kMaxLayout = 64 * 1024;  // bytes

  SealReader();
  ~SealReader();
  SealReader(const SealReader&) = delete;
  SealReader& operator=(const SealReader&) = delete;

  // Errors: those of the canonical form, kXmlLimitExceeded.
  Status Start(const xml::StartElement& element);
  Status End(const xml::EndElement& element);
  Status Text(std::string_view text);
  void Instruction(std::string_view target, std::string_view data);
  void Comment();
  // The document has ended.
  Seal Finish();

 private:
  struct Covered;  // what is digested
  Seal seal_;
  xml::Canonicaliser canonicaliser_;
  std::unique_ptr<Covered> all_, unsigned_;
  int seal_depth_ = 0;       // of the open Scellement; 0: none
  bool after_seal_ = false;  // only white space has come since its end
  std::string layout_;       // that white space
};

}  // namespace sceau::schemas
