#include "signer/to_be_signed.h"

#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/digest.h"
#include "base/strings.h"

namespace sceau::signer {

xades::SignedElement ElementOf(const Target& target) {
  return {target.reference_id, target.signature_id, target.element_digest};
}

StatusOr<xades::SignatureBuilder> BuilderOf(const Prepared& prepared) {
  const SignatureParameters& p = prepared.parameters;
  return xades::SignatureBuilder::Create(
      *p.profile, {p.signing_time, p.role, p.city, p.postal_code, p.country}, p.certificates);
}

StatusOr<ToBeSigned> ToBeSigned::Of(const Prepared& prepared) {
  SCEAU_ASSIGN_OR_RETURN(xades::SignatureBuilder builder, BuilderOf(prepared));
  return ToBeSigned(prepared, std::move(builder));
}

PreparedTarget ToBeSigned::At(size_t index) const {
  const Target& target = prepared_->targets[index];
  return {.scope = target.scope,
          .of = target.id,
          .element_digest = target.element_digest,
          .signed_properties = builder_.SignedPropertiesOctets(ElementOf(target)),
          .signed_info = SignedInfo(index),
          .digest_method = prepared_->parameters.profile->digest_method,
          .signature_method = std::string(builder_.method().uri)};
}

std::string ToBeSigned::Fingerprint() const {
  Digest digest(DigestAlgorithm::kSha256);
  digest.Update(Concat(size(), "\n"));
  for (size_t i = 0; i < size(); ++i) {
    // Of one length each: no text can pass for two.
    digest.Update(DigestOf(DigestAlgorithm::kSha256, SignedInfo(i)));
  }
  return digest.Finish();
}

Status ToBeSigned::Check(size_t index, std::string_view value) const {
  if (!builder_.certificate().Verifies(builder_.method(), SignedInfo(index), value)) {
    return Error(Reason::kSignatureCheckFailed, prepared_->targets[index].id);
  }
  return OkStatus();
}

StatusOr<std::vector<std::string>> ToBeSigned::SignWith(const SignFunction& sign) const {
  std::vector<std::string> texts;
  for (size_t i = 0; i < size(); ++i) texts.push_back(SignedInfo(i));
  std::vector<std::string> values(size());
  const signer::Made keep = [&](size_t i, std::string value) -> Status {
    SCEAU_RETURN_IF_ERROR(Check(i, value));
    values[i] = std::move(value);
    return OkStatus();
  };
  SCEAU_RETURN_IF_ERROR(sign(builder_.method().scheme, texts, keep));
  return values;
}

SignFunction ToBeSigned::Made(const std::vector<std::string>& values) const {
  auto known = std::make_shared<absl::flat_hash_map<std::string, std::string>>();
  for (size_t i = 0; i < size(); ++i) {
    (*known)[DigestOf(DigestAlgorithm::kSha256, SignedInfo(i))] = values[i];
  }
  return [known](const SignatureScheme&, std::span<const std::string> messages,
                 const signer::Made& made) -> Status {
    for (size_t i = 0; i < messages.size(); ++i) {
      const auto found = known->find(DigestOf(DigestAlgorithm::kSha256, messages[i]));
      if (found == known->end()) return Error(Reason::kPreparationDiffers);
      SCEAU_RETURN_IF_ERROR(made(i, found->second));
    }
    return OkStatus();
  };
}

}  // namespace sceau::signer
