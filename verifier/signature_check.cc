#include "verifier/signature_check.h"

#include <openssl/rsa.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/strings.h"
#include "verifier/issuer_name.h"
#include "xades/profile.h"

namespace sceau::verifier {
namespace {

using xades::Fault;
using xades::SignatureModel;

class Check {
 public:
  Check(const xml::Fragment& fragment, const SignaturePlacement& placement,
        CertificateCache& certificates)
      : fragment_(fragment), model_(xades::ReadSignature(fragment)), certificates_(certificates) {
    out_.placement = placement;
  }

  CheckedSignature Run() {
    out_.faults = model_.faults;
    Describe();
    if (out_.placement.scope == schemas::Scope::kOther) {
      Fail("SIGNATURE_MISPLACED", "");
    }
    if (out_.placement.crowded) Fail("TOO_MANY_SIGNATURES", "");
    if (out_.faults.empty()) ChooseCertificate();
    if (out_.faults.empty()) CheckReferences();
    if (out_.faults.empty()) CheckValue();
    if (out_.faults.empty()) out_.unsigned_evidence = ReadUnsignedEvidence(fragment_);
    return std::move(out_);
  }

 private:
  void Fail(std::string_view code, std::string_view detail) {
    out_.faults.push_back({std::string(code), std::string(detail)});
  }
  void Warn(std::string_view code, std::string_view detail) {
    out_.report.reasons.push_back(
        {std::string(code), schemas::Severity::kWarning, std::string(detail)});
  }

  void Describe() {
    SignatureReport& report = out_.report;
    report.id = model_.id;
    report.line = model_.place.line;
    report.column = model_.place.column;
    report.scope = out_.placement.scope;
    report.of = out_.placement.of;
    report.format = model_.statement ? "XADES" : "XMLDSIG";
    for (const Fault& remark : model_.remarks) Warn(remark.code, remark.detail);
    if (!model_.statement) return;
    const xades::SignedStatement& statement = *model_.statement;
    report.xades_namespace = statement.xades_namespace;
    report.level = statement.policy ? "EPES" : statement.v2 ? "B" : "BES";
    report.claimed_time = statement.signing_time;
    if (!statement.roles.empty()) report.claimed_role = statement.roles.front();
    report.city = statement.city;
    report.postal_code = statement.postal_code;
    report.country = statement.country;
    if (model_.sha1_certificate_digest) Warn("WEAK_CERTIFICATE_DIGEST", "SHA-1");
    DescribePolicy(statement);
  }

  void DescribePolicy(const xades::SignedStatement& statement) {
    SignatureReport& report = out_.report;
    report.policy_hash = PolicyHash::kAbsent;
    if (!statement.policy || statement.policy->implied) return;
    const xades::StatedPolicy& policy = *statement.policy;
    report.policy_id = policy.id;
    const xades::KnownPolicy* known = xades::FindPolicy(policy.id);
    report.policy_known = known != nullptr;
    if (policy.hash_text.empty()) return;
    report.policy_hash = PolicyHash::kUnknown;
    const xades::DigestMethod* digest = xades::FindDigestMethod(policy.digest_uri);
    if (known == nullptr || digest == nullptr) return;
    const auto value = FromBase64Unpadded(policy.hash_text);
    report.policy_hash = PolicyHash::kDiffers;
    for (const auto& hash : known->hashes) {
      if (hash.digest == digest->digest && value == hash.value) {
        report.policy_hash = PolicyHash::kMatches;
      }
    }
    if (!FromBase64(policy.hash_text)) Warn("POLICY_HASH_PADDING", policy.hash_text);
  }

  // The certificate that SigningCertificate names, out of X509Data; its key and no other counts.
  void ChooseCertificate() {
    std::vector<std::shared_ptr<const xades::Certificate>> given;
    for (const std::string& der : model_.certificates) {
      auto certificate = certificates_.Get(der);
      if (certificate == nullptr) return Fail("CERTIFICATE_UNREADABLE", "");
      given.push_back(std::move(certificate));
    }
    if (!model_.statement || model_.statement->certificates.empty()) {
      return Fail("SIGNING_CERTIFICATE_NOT_NAMED", "");
    }
    const auto& named = model_.statement->certificates.front();
    for (auto& certificate : given) {
      if (out_.certificate == nullptr &&
          certificate->DigestWith(named.digest->digest) == named.value) {
        out_.certificate = certificate;
      } else {
        out_.others.push_back(certificate);
      }
    }
    if (out_.certificate == nullptr) return Fail("SIGNING_CERTIFICATE_NOT_FOUND", "");
    CompareIssuerSerial(named);
    CompareKeyValue();
    out_.report.signer = SignerOf(*out_.certificate);
  }

  void CompareIssuerSerial(const xades::SigningCertificateReference& named) {
    if (!named.serial.empty() && named.serial != out_.certificate->SerialDecimal()) {
      return Fail("ISSUER_SERIAL_MISMATCH", named.serial);
    }
    if (!named.issuer_name.empty() && !NamesIssuer(named.issuer_name, *out_.certificate)) {
      Warn("ISSUER_NAME_DIFFERS", named.issuer_name);
    }
  }

  // A KeyValue is tolerated only where it repeats the certificate's key (P-06).
  void CompareKeyValue() {
    if (!model_.rsa_key_value) return;
    BIGNUM* n = nullptr;
    BIGNUM* e = nullptr;
    EVP_PKEY* key = X509_get0_pubkey(out_.certificate->x509());
    EVP_PKEY_get_bn_param(key, "n", &n);
    EVP_PKEY_get_bn_param(key, "e", &e);
    const BignumHandle modulus(n);
    const BignumHandle exponent(e);
    const auto equal = [](const std::string& bytes, const BIGNUM* number) {
      const BignumHandle given(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                         static_cast<int>(bytes.size()), nullptr));
      return number != nullptr && BN_cmp(given.get(), number) == 0;
    };
    if (!equal(model_.rsa_key_value->first, n) || !equal(model_.rsa_key_value->second, e)) {
      Fail("KEY_INFO_REFUSED", "KeyValue");
    }
  }

  // Exactly one reference to the signature's parent, one to its SignedProperties; others only to
  // parts of the signature itself.
  void CheckReferences() {
    if (!model_.statement) return Fail("SIGNED_PROPERTIES_NOT_SIGNED", "");
    bool properties_signed = false;
    bool own_hold = true;
    for (const xades::Reference& reference : model_.references) {
      if (!reference.has_uri) return Fail("REFERENCE_REFUSED", "URI");
      if (reference.uri.empty()) {
        AddContent(reference, "");
        continue;
      }
      if (reference.uri[0] != '#' || reference.uri.size() < 2 ||
          reference.uri.find_first_of("()'\"") != std::string::npos) {
        return Fail("REFERENCE_REFUSED", reference.uri);
      }
      const std::string id = reference.uri.substr(1);
      out_.named_ids.append(id).push_back('\0');
      if (id == out_.placement.parent_id) {
        AddContent(reference, id);
        continue;
      }
      const auto own = fragment_.WithId(id);
      if (own.size() != 1) return Fail("REFERENCE_NOT_AT_ALLOWED_PATH", reference.uri);
      properties_signed |= own.front() == model_.statement->node;
      own_hold &= OwnDigestHolds(reference, *own.front());
      out_.weak_algorithm |= !reference.digest->sound;
    }
    if (out_.content.size() != 1) {
      return Fail("REFERENCE_NOT_AT_ALLOWED_PATH", Concat(out_.content.size()));
    }
    if (!properties_signed) return Fail("SIGNED_PROPERTIES_NOT_SIGNED", "");
    out_.own_digests_hold = own_hold;
    if (out_.own_digests_lenient) Warn("ENVELOPED_ON_OWN_PART", "");
  }

  void AddContent(const xades::Reference& reference, const std::string& id) {
    if (id.empty() && out_.placement.scope != schemas::Scope::kWhole) {
      return Fail("REFERENCE_NOT_AT_ALLOWED_PATH", "URI=\"\"");
    }
    if (!reference.enveloped) return Fail("REFERENCE_REFUSED", "enveloped-signature");
    out_.weak_algorithm |= !reference.digest->sound;
    ContentReference content;
    content.whole_document = id.empty();
    content.canonical = reference.canonical;
    content.digest = reference.digest->digest;
    content.expected = reference.digest_value;
    content.id = id;
    // A same-document reference leaves comments out whatever the transform says (XML Signature
    // §4.4.3.3), for URI="" and for "#id" alike.
    content.canonical.with_comments = false;
    out_.content.push_back(std::move(content));
  }

  // The DGFiP's own signer writes enveloped-signature on SignedProperties and digests them whole.
  bool OwnDigestHolds(const xades::Reference& reference, const xml::FragmentNode& node) {
    out_.own_digests_lenient |= reference.enveloped;
    xml::CanonicalOptions options = reference.canonical;
    options.with_comments = false;
    xml::DigestSink sink(reference.digest->digest);
    if (!fragment_.Canonicalise(node, options, sink).ok() || sink.octets() == 0) return false;
    return sink.Finish() == reference.digest_value;
  }

  void CheckValue() {
    xml::StringSink octets;
    if (!fragment_.Canonicalise(*model_.signed_info, model_.signed_info_canonical, octets).ok()) {
      return Fail("CANONICALISATION_FAILED", "SignedInfo");
    }
    out_.weak_algorithm |= !model_.method->sound;
    out_.value_holds = out_.certificate->Verifies(*model_.method, octets.text(), model_.value);
  }

  const xml::Fragment& fragment_;
  SignatureModel model_;
  CertificateCache& certificates_;
  CheckedSignature out_;
};

}  // namespace

std::shared_ptr<const xades::Certificate> CertificateCache::Get(const std::string& der) {
  auto& entry = by_der_[der];
  if (entry == nullptr) {
    auto parsed = xades::Certificate::FromDer(der);
    if (parsed.ok()) entry = std::make_shared<const xades::Certificate>(*std::move(parsed));
  }
  return entry;
}

SignerCertificate SignerOf(const xades::Certificate& certificate) {
  return {certificate.Subject(), certificate.Issuer(), certificate.SerialDecimal(),
          ToHex(certificate.DigestWith(DigestAlgorithm::kSha256))};
}

CheckedSignature CheckSignature(const xml::Fragment& fragment, const SignaturePlacement& placement,
                                CertificateCache& certificates) {
  return Check(fragment, placement, certificates).Run();
}

}  // namespace sceau::verifier
