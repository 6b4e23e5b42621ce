#include "tools/sceau/key_purpose.h"

#include "xades/certificate.h"

namespace sceau::cli {
namespace {

struct Row {
  std::string_view name;
  Text text;
};

// In the order of Purpose.
constexpr Row kRows[] = {
    {"UNKNOWN", {"usage inconnu", "purpose unknown"}},
    {"SIGNATURE", {"signature", "signing"}},
    {"AUTHENTICATION", {"authentification seulement", "authentication only"}},
    {"OTHER", {"autre usage que la signature", "another purpose than signing"}},
};

const Row& RowOf(Purpose purpose) { return kRows[static_cast<size_t>(purpose)]; }

}  // namespace

Purpose PurposeOf(const std::string& der) {
  const auto certificate = xades::Certificate::FromDer(der);
  if (!certificate.ok()) return Purpose::kUnknown;
  const xades::KeyUsage usage = certificate->Usage();
  if (!usage.present || usage.non_repudiation) return Purpose::kSignature;
  return usage.digital_signature ? Purpose::kAuthentication : Purpose::kOther;
}

std::string_view NameOf(Purpose purpose) { return RowOf(purpose).name; }

const Text& TextOf(Purpose purpose) { return RowOf(purpose).text; }

}  // namespace sceau::cli
