// What `sceau sign` says when it is done.
#pragma once

#include <string>

#include "base/json.h"
#include "base/lang.h"
#include "tools/sceau/remote.h"

namespace sceau::cli {

// {"output", "sha256", "size", "signed": [{"scope", "of", "signatureId"}],
//  "edits": [{"offset", "removed", "inserted"}], "auditId"}: offsets are those of the input,
// `removed` and `inserted` are base64 of the bytes in the file's own encoding; the inserted ones
// are read from the signed `document`.
Status WriteSignJson(const std::string& output, const SignResult& result, const InputFile& document,
                     const TextSink& sink);

std::string SignText(const std::string& output, const SignResult& result, Lang lang);

}  // namespace sceau::cli
