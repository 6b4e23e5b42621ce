// The attachments of a PES file one by one: what each is, and its content as a file.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "schemas/pes.h"
#include "xml/canonical.h"

namespace sceau::schemas {

// Of all contents of one file together, when they are looked at again; bytes.
inline constexpr int64_t kMaxContents = int64_t{4} << 30;

// Where a content goes; null: it is not wanted.
using ContentSink = std::function<StatusOr<xml::OctetSink*>(size_t index, const PieceJustificative&)>;
// The content of this attachment has been given whole.
using ContentEnd = std::function<Status(size_t index, const PieceJustificative&)>;

// Reads the attachments of a PES_Aller: first all about them, then (when `sink` is given) their
// contents in the order of the document. A content that cannot be read has no size and is not given.
// Errors: those of Inspect; kDocumentUnknown for any other document; kXmlLimitExceeded beyond
// kMaxContents; kInputChanged; what the functions return.
StatusOr<std::vector<PieceJustificative>> ReadAttachments(const InputFile& file,
                                                  const ContentSink& sink = nullptr,
                                                  const ContentEnd& end = nullptr);

// The contents alone, of attachments as they were read of the same file. Errors: kInputChanged when
// they are others now; the others of ReadAttachments.
Status ReadContents(const InputFile& file, const std::vector<PieceJustificative>& pieces,
                    const ContentSink& sink, const ContentEnd& end = nullptr);

// A name for a file in one folder: the stated name without any folder, without characters that mean
// something to a system or a terminal, not hidden, not an option, with an extension, and not in
// `taken` in any case of letters; there it is put.
std::string SafeFileName(const PieceJustificative& piece, std::set<std::string>& taken);

}  // namespace sceau::schemas
