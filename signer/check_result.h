// A signed document that was made elsewhere from values of our key: is it the input, with the
// signatures we meant, and nothing else?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "signer/to_be_signed.h"
#include "verifier/report.h"
#include "xml/splice.h"

namespace sceau::signer {

// `output` is the input with the edits that Prepare planned and one signature for each target, byte
// for byte as the builder writes it around a value that holds; `edits` are those, undoing them
// gives the input; and the verifier finds the new signatures intact. Nothing that `output` or
// `edits` say is believed. Error kOutputCheckFailed, with what differs.
Status CheckResult(const InputFile& input, const Prepared& prepared, const ToBeSigned& signed_texts,
                   const std::vector<xml::Edit>& edits, const InputFile& output);

// Whether the report of an output shows every target's signature intact, made with the certificate
// of this SHA-256 (hexadecimal), and `signatures` in all. Error kOutputCheckFailed.
Status CheckReport(const verifier::FileReport& report, const std::vector<Target>& targets,
                   size_t signatures, const std::string& certificate_sha256);

}  // namespace sceau::signer
