#include "tools/sceau/sign_result.h"

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/strings.h"
#include "tools/sceau/display.h"

namespace sceau::cli {

Status WriteSignJson(const std::string& output, const SignResult& result, const InputFile& document,
                     const TextSink& sink) {
  JsonStream json(sink);
  json.Field("output", output);
  json.Field("sha256", result.sha256);
  json.Field("size", result.size);
  json.BeginArray("signed");
  for (const signer::SignedElement& it : result.elements) {
    json.Element({{"scope", NameOf(it.scope)},
                  {"of", it.of},
                  {"signatureId", NullIfEmpty(it.signature_id)}});
  }
  json.EndArray();
  json.BeginArray("edits");
  for (const xml::Edit& it : result.edits) {
    SCEAU_ASSIGN_OR_RETURN(const std::string inserted,
                           document.Slice(it.output_offset, static_cast<size_t>(it.inserted_size)));
    json.Element({{"offset", it.offset},
                  {"removed", ToBase64(it.removed)},
                  {"inserted", ToBase64(inserted)}});
  }
  json.EndArray();
  json.Field("auditId", NullIfEmpty(result.audit_id));
  json.Finish();
  return OkStatus();
}

std::string SignText(const std::string& output, const SignResult& result, Lang lang) {
  const bool french = lang == Lang::kFr;
  const auto signatures = static_cast<int64_t>(result.elements.size());
  std::string text =
      Concat(french ? Count(signatures, "signature faite", "signatures faites")
                    : Count(signatures, "signature made", "signatures made"),
             french ? " et vérifiée" : " and verified", french && signatures > 1 ? "s" : "",
             french ? " : " : ": ",
             output == "-" ? std::string(french ? "sortie standard" : "standard output")
                           : Printable(output),
             " (", Size(result.size, lang), ", SHA-256 ", result.sha256, ")");
  for (const signer::SignedElement& it : result.elements) {
    const bool whole = it.scope == schemas::Scope::kWhole;
    AppendTo(text, "\n  ", whole ? (french ? "fichier entier " : "whole file ") : "bordereau ",
             Printable(it.of));
  }
  if (!result.audit_id.empty()) {
    AppendTo(text, "\n  ", french ? "journal : " : "audit: ", Printable(result.audit_id));
  }
  return text;
}

}  // namespace sceau::cli
