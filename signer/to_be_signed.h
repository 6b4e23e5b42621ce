// What a key that is elsewhere signs: the texts of prepared targets, and the values that come back.
//
// The daemon sends them to the desk, and makes them again to complete; the desk makes its own from
// its own file and compares.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signer/signer.h"
#include "xades/builder.h"

namespace sceau::signer {

// One target of a preparation, as it travels.
struct PreparedTarget {
  schemas::Scope scope = schemas::Scope::kBordereau;
  std::string of;                 // the bordereau's or the root's Id
  std::string element_digest;     // raw
  std::string signed_properties;  // canonical (ETSI TS 101 903 §7.2)
  std::string signed_info;        // canonical: what the key signs
  std::string digest_method;      // URI, of the references
  std::string signature_method;   // URI
};

// Errors: those of xades::SignatureBuilder::Create.
StatusOr<xades::SignatureBuilder> BuilderOf(const Prepared& prepared);
xades::SignedElement ElementOf(const Target& target);

class ToBeSigned {
 public:
  // `prepared` outlives it. Errors: those of BuilderOf.
  static StatusOr<ToBeSigned> Of(const Prepared& prepared);

  size_t size() const { return prepared_->targets.size(); }
  PreparedTarget At(size_t index) const;
  const xades::SignatureBuilder& builder() const { return builder_; }
  // SHA-256 (raw) over every text to be signed, in order: equal for equal input and parameters.
  std::string Fingerprint() const;
  // A value over the text of this target. Error kSignatureCheckFailed (P-59).
  Status Check(size_t index, std::string_view value) const;
  // Has the key sign every text; the values in the order of the targets, each checked.
  StatusOr<std::vector<std::string>> SignWith(const SignFunction& sign) const;
  // A key that has made these values already, one for each target. Asked to sign anything else it
  // answers kPreparationDiffers.
  SignFunction Made(const std::vector<std::string>& values) const;

 private:
  ToBeSigned(const Prepared& prepared, xades::SignatureBuilder builder)
      : prepared_(&prepared), builder_(std::move(builder)) {}
  std::string SignedInfo(size_t index) const {
    return builder_.SignedInfoOctets(ElementOf(prepared_->targets[index]));
  }

  const Prepared* prepared_;
  xades::SignatureBuilder builder_;
};

}  // namespace sceau::signer
