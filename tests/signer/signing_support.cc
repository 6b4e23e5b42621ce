#include "tests/signer/signing_support.h"

#include <openssl/rsa.h>

#include "tests/support/require.h"

namespace sceau::test {

std::string Generate(const gen::PesSpec& spec) {
  const auto text = gen::PesText(spec);
  Require(text.ok(), text.status().ToString());
  return *text;
}

Signing::Signing(const LeafOptions& leaf) : key_(NewRsaKey()) {
  certificate_ = pki_.Issue(key_.get(), leaf);
  pki_.WriteAuthorities(folder_.path());
}

signer::SignatureParameters Signing::Parameters(const std::string& profile) const {
  static const auto kProfiles = xades::ProfileSet::BuiltIn();
  signer::SignatureParameters parameters;
  parameters.profile = *kProfiles->Find(profile);
  parameters.role = "Maire de Saint-Élodie";
  parameters.city = "Saint-Élodie";
  parameters.postal_code = "98800";
  parameters.country = "France";
  parameters.signing_time = kSigningTime;
  parameters.certificates = {certificate_, pki_.issuing(), pki_.root()};
  return parameters;
}

InputFile Signing::AsFile(const std::string& document) const {
  OutputFile out = OutputFile::Unnamed(folder_.path());
  Require(out.Append(document).ok(), "unnamed file");
  auto input = out.Reread();
  Require(input.ok(), "reread");
  return *std::move(input);
}

StatusOr<std::string> Signing::Value(const SignatureScheme& scheme,
                                     std::string_view message) const {
  EvpMdCtxHandle context(EVP_MD_CTX_new());
  size_t size = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(message.data());
  EVP_PKEY_CTX* parameters = nullptr;
  EVP_DigestSignInit(context.get(), &parameters, EvpOf(scheme.digest), nullptr, key_.get());
  if (scheme.padding == RsaPadding::kPss) {
    EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
  }
  EVP_DigestSign(context.get(), nullptr, &size, data, message.size());
  std::string value(size, '\0');
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(value.data()), &size, data,
                 message.size());
  value.resize(size);
  return value;
}

signer::SignFunction OneByOne(
    std::function<StatusOr<std::string>(const SignatureScheme& scheme, const std::string& message)>
        sign) {
  return
      [sign = std::move(sign)](const SignatureScheme& scheme, std::span<const std::string> messages,
                               const signer::Made& made) -> Status {
        for (size_t i = 0; i < messages.size(); ++i) {
          SCEAU_ASSIGN_OR_RETURN(std::string value, sign(scheme, messages[i]));
          SCEAU_RETURN_IF_ERROR(made(i, std::move(value)));
        }
        return OkStatus();
      };
}

signer::SignFunction Signing::Key() const {
  return OneByOne([this](const SignatureScheme& scheme, const std::string& message) {
    return Value(scheme, message);
  });
}

StatusOr<std::string> Signing::Sign(const std::string& document,
                                    const signer::SignatureParameters& parameters) {
  const InputFile input = AsFile(document);
  SCEAU_ASSIGN_OR_RETURN(const signer::Prepared prepared, signer::Prepare(input, parameters));
  OutputFile output = OutputFile::Unnamed(folder_.path());
  SCEAU_ASSIGN_OR_RETURN(outcome_, signer::Complete(input, std::move(prepared), Key(), {}, output));
  SCEAU_ASSIGN_OR_RETURN(const InputFile written, output.Reread());
  return written.Slice(0, static_cast<size_t>(written.size()));
}

verifier::FileReport Signing::Verify(const std::string& document) const {
  verifier::VerifyOptions options;
  options.validation_time = kSigningTime + absl::Hours(1);
  return verifier::Verify(AsFile(document), "test", options);
}

verifier::FileReport Signing::VerifyTrusted(const std::string& document) const {
  return VerifyWith(document, folder_.path() + "/root.pem");
}

verifier::FileReport Signing::VerifyWith(const std::string& document, const std::string& anchor_pem,
                                         absl::Duration later) const {
  verifier::VerifyOptions options;
  options.validation_time = kSigningTime + later;
  auto trust = verifier::TrustAnchors::Load({anchor_pem});
  Require(trust.ok(), "anchors");
  options.trust = *trust;
  return verifier::Verify(AsFile(document), "test", options);
}

std::string Undo(const std::string& output, const std::vector<xml::Edit>& edits) {
  std::string input;
  size_t at = 0;
  for (const xml::Edit& edit : edits) {
    input.append(output, at, static_cast<size_t>(edit.output_offset) - at);
    Require(static_cast<int64_t>(input.size()) == edit.offset, "edit at another place");
    input.append(edit.removed);
    at = static_cast<size_t>(edit.output_offset + edit.inserted_size);
  }
  return input.append(output, at);
}

}  // namespace sceau::test
