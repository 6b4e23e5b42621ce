#include "verifier/own_part.h"

#include <optional>

#include "base/bytes.h"
#include "base/digest.h"
#include "schemas/pes.h"

namespace sceau::verifier {
namespace {

bool EncodedDigestHolds(const xades::Reference& reference, const xml::FragmentNode& part) {
  if (!part.Is(schemas::kDsNamespace, "Object")) return false;
  const auto text = part.Text();
  const auto bytes = text.ok() ? FromBase64(*text) : std::nullopt;
  return bytes && !bytes->empty() &&
         DigestOf(reference.digest->digest, *bytes) == reference.digest_value;
}

}  // namespace

bool OwnDigestHolds(const xml::Fragment& fragment, const xades::Reference& reference,
                    const xml::FragmentNode& part) {
  if (reference.base64) return EncodedDigestHolds(reference, part);
  xml::CanonicalOptions options = reference.canonical;
  options.with_comments = false;
  xml::DigestSink sink(reference.digest->digest);
  if (!fragment.Canonicalise(part, options, sink).ok() || sink.octets() == 0) return false;
  return sink.Finish() == reference.digest_value;
}

}  // namespace sceau::verifier
