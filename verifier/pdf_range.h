// What a PDF signature covers (ISO 32000-1 §12.8.1, ETSI EN 319 142-1 §5.2): one revision of the
// file, from its first byte to its last, but for the signature itself.
#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"
#include "base/openssl.h"
#include "base/status.h"
#include "contents/facts.h"

namespace sceau::verifier {

struct PdfRange {
  int64_t hole = 0;      // offset of '<', the first byte that is not covered
  int64_t hole_end = 0;  // offset behind '>'
  int64_t end = 0;       // of the revision
  std::string contents;  // between them: one DER object, without the zeros behind it
};

// Checks that the ByteRange covers a whole revision of the file, that what it leaves out is this
// signature's Contents and nothing else, byte for byte. Errors: kElementMalformed with what is
// wrong, kInputUnreadable.
StatusOr<PdfRange> ReadPdfRange(const InputFile& file, const contents::PdfSignature& signature);

// The digest of what is covered, raw. Errors: kInputUnreadable; kInputChanged when the file became
// shorter.
StatusOr<std::string> DigestOfRange(const InputFile& file, const PdfRange& range,
                                    const EVP_MD* algorithm);

// A date of PDF (ISO 32000-1 §7.9.4) as RFC 3339; as it is when it cannot be read.
std::string Rfc3339OfPdfDate(const std::string& date);

}  // namespace sceau::verifier
