#include "verifier/signature_check.h"

#include <openssl/rsa.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/strings.h"
#include "verifier/issuer_name.h"
#include "verifier/own_part.h"
#include "xades/file_name.h"
#include "xades/profile.h"
#include "xades/unsigned_properties.h"

namespace sceau::verifier {
namespace {

using xades::Fault;
using xades::SignatureModel;

constexpr std::string_view kManifestType = "http://www.w3.org/2000/09/xmldsig#Manifest";

class Check {
 public:
  Check(const xml::Fragment& fragment, const SignaturePlacement& placement,
        CertificateCache& certificates)
      : fragment_(fragment),
        model_(xades::ReadSignature(fragment, placement.rules)),
        certificates_(certificates) {
    out_.placement = placement;
  }

  CheckedSignature Run() {
    out_.faults = model_.faults;
    Describe();
    if (out_.placement.scope == schemas::Scope::kOther && !AnyDocument()) {
      Fail("SIGNATURE_MISPLACED", "");
    }
    if (out_.placement.crowded) Fail("TOO_MANY_SIGNATURES", "");
    if (out_.faults.empty()) ChooseCertificate();
    if (out_.faults.empty()) CheckReferences();
    if (out_.faults.empty()) CheckValue();
    if (out_.faults.empty()) out_.unsigned_evidence = ReadUnsignedEvidence(fragment_);
    if (out_.unsigned_evidence != nullptr) PrepareArchiveImprints();
    return std::move(out_);
  }

 private:
  bool AnyDocument() const { return out_.placement.rules.any_document; }
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
    if (AnyDocument()) AddOtherCandidates(given);
    const bool named = model_.statement && !model_.statement->certificates.empty();
    if (!named && !AnyDocument()) return Fail("SIGNING_CERTIFICATE_NOT_NAMED", "");
    if (given.empty()) return Fail("NO_CERTIFICATE_IN_SIGNATURE", "");
    if (named) {
      TakeNamed(given);
    } else {
      TakeFitting(given);
    }
    if (out_.certificate == nullptr) return;
    CompareKeyValue();
    CompareKeyInfoSerials();
    out_.report.signer = SignerOf(*out_.certificate);
  }

  // Those beside the signature, and those that whoever asks has given: none counts unless it is
  // named, or unless nothing is named and its key fits.
  void AddOtherCandidates(std::vector<std::shared_ptr<const xades::Certificate>>& given) {
    for (const std::string& der : xades::ReadUnsignedProperties(fragment_).certificates) {
      if (auto certificate = certificates_.Get(der)) given.push_back(std::move(certificate));
    }
    const auto& signers = out_.placement.signers;
    given.insert(given.end(), signers.begin(), signers.end());
  }

  void TakeNamed(const std::vector<std::shared_ptr<const xades::Certificate>>& given) {
    const auto& named = model_.statement->certificates.front();
    for (const auto& certificate : given) {
      if (out_.certificate == nullptr &&
          certificate->DigestWith(named.digest->digest) == named.value) {
        out_.certificate = certificate;
      } else {
        out_.others.push_back(certificate);
      }
    }
    if (out_.certificate == nullptr) return Fail("SIGNING_CERTIFICATE_NOT_FOUND", "");
    CompareIssuerSerial(named);
  }

  // XML-DSig alone names nobody: the first whose key made the value; the verdict says so.
  void TakeFitting(const std::vector<std::shared_ptr<const xades::Certificate>>& given) {
    out_.constraints.push_back({"SIGNING_CERTIFICATE_NOT_NAMED", ""});
    xml::StringSink octets;
    const bool made =
        fragment_.Canonicalise(*model_.signed_info, model_.signed_info_canonical, octets).ok();
    const auto fits = [&](const auto& it) {
      return made && it->Verifies(*model_.method, octets.text(), model_.value);
    };
    const auto found = std::find_if(given.begin(), given.end(), fits);
    out_.certificate = found == given.end() ? given.front() : *found;
    for (const auto& it : given) {
      if (it != out_.certificate) out_.others.push_back(it);
    }
  }

  void CompareIssuerSerial(const xades::SigningCertificateReference& named) {
    const auto& [issuer, serial] = named.issuer_serial;
    if (!serial.empty() && serial != out_.certificate->SerialDecimal()) {
      if (!AnyDocument()) return Fail("ISSUER_SERIAL_MISMATCH", serial);
      out_.constraints.push_back({"ISSUER_SERIAL_MISMATCH", serial});
    }
    if (!issuer.empty() && !NamesIssuer(issuer, *out_.certificate)) {
      out_.constraints.push_back({"ISSUER_NAME_DIFFERS", issuer});
    }
    if (named.issuer_serial_v2 && !NamesCertificate(*named.issuer_serial_v2, *out_.certificate)) {
      out_.constraints.push_back({"ISSUER_SERIAL_MISMATCH", "IssuerSerialV2"});
    }
  }

  static bool Names(const xades::IssuerSerial& named, const xades::Certificate& certificate) {
    return named.serial == certificate.SerialDecimal() &&
           NamesIssuer(named.issuer_name, certificate);
  }

  // X509IssuerSerial is of the certificate with the key (XML Signature §4.5.4), which some
  // producers follow by those of its chain: one names the certificate used, the others one that
  // stands beside them.
  void CompareKeyInfoSerials() {
    if (model_.issuer_serials.empty()) return;
    bool used_named = false;
    const xades::IssuerSerial* stranger = nullptr;
    for (const xades::IssuerSerial& named : model_.issuer_serials) {
      const bool used = Names(named, *out_.certificate);
      used_named |= used;
      const bool other = std::any_of(out_.others.begin(), out_.others.end(),
                                     [&](const auto& it) { return Names(named, *it); });
      if (!used && !other) stranger = &named;
    }
    if (stranger == nullptr && !used_named) stranger = &model_.issuer_serials.front();
    if (stranger == nullptr) return;
    out_.constraints.push_back({"KEY_INFO_SERIAL_MISMATCH", stranger->serial});
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

  // In a PES or a budget act: exactly one reference to the signature's parent, one to its
  // SignedProperties; others only to parts of the signature itself. In any other document: to
  // whatever stands in it once, and at least to something.
  void CheckReferences() {
    if (!model_.statement && !AnyDocument()) return Fail("SIGNED_PROPERTIES_NOT_SIGNED", "");
    bool properties_signed = !model_.statement;
    bool own_hold = true;
    for (const xades::Reference& reference : model_.references) {
      if (!reference.has_uri) return Fail("REFERENCE_REFUSED", "URI");
      referenced_.push_back({&reference, nullptr, out_.content.size()});
      if (reference.uri.empty()) {
        AddContent(reference, "");
        continue;
      }
      if (reference.uri[0] != '#') {
        AddDetached(reference);
        continue;
      }
      if (reference.uri.size() < 2 || reference.uri.find_first_of("()'\"") != std::string::npos) {
        return Fail("REFERENCE_REFUSED", reference.uri);
      }
      const std::string id = reference.uri.substr(1);
      out_.named_ids.append(id).push_back('\0');
      if (id == out_.placement.parent_id) {
        AddContent(reference, id);
        continue;
      }
      const auto own = fragment_.WithId(id);
      if (own.empty() && AnyDocument()) {
        AddContent(reference, id);
        continue;
      }
      if (own.size() != 1) return Fail("REFERENCE_NOT_AT_ALLOWED_PATH", reference.uri);
      referenced_.back().own = own.front();
      const bool is_properties = model_.statement && own.front() == model_.statement->node;
      properties_signed |= is_properties;
      if (!is_properties) own_signed_.push_back({own.front(), id});
      // The DGFiP's own signer writes enveloped-signature on SignedProperties and digests them
      // whole.
      out_.own_digests_lenient |= reference.enveloped && !reference.base64;
      own_hold &= OwnDigestHolds(fragment_, reference, *own.front());
      out_.digests.Add(reference.digest->digest);
    }
    if (!properties_signed) return Fail("SIGNED_PROPERTIES_NOT_SIGNED", "");
    out_.own_digests_hold = own_hold;
    if (out_.own_digests_lenient) Warn("ENVELOPED_ON_OWN_PART", "");
    ReadManifests();
    if (AnyDocument()) return DescribeCoverage();
    if (out_.content.size() != 1) {
      return Fail("REFERENCE_NOT_AT_ALLOWED_PATH", Concat(out_.content.size()));
    }
  }

  void ReadManifests() {
    std::vector<const xml::FragmentNode*> parts;
    for (const OwnPart& it : own_signed_) parts.push_back(it.node);
    Manifests manifests = FollowManifests(fragment_, std::move(parts), out_.placement.rules);
    out_.manifest = std::move(manifests.entries);
    out_.manifest_digests = std::move(manifests.pending);
    out_.named_ids += manifests.named_ids;
    out_.digests.Add(manifests.digests);
    // One that stands elsewhere in the document is not at hand.
    for (const xades::Reference& it : model_.references) {
      const bool own = it.uri.size() > 1 && !fragment_.WithId(it.uri.substr(1)).empty();
      if (it.type == kManifestType && !own) {
        out_.manifest.push_back({it.uri, false, std::nullopt});
      }
    }
  }

  // A detached signature is of one file and nothing else, byte for byte. Nothing is opened by what
  // it says: whoever asks gives the file.
  void AddDetached(const xades::Reference& reference) {
    const std::optional<std::string> name = xades::FileNameOfUri(reference.uri);
    if (!out_.placement.may_be_detached || !name || reference.transformed) {
      return Fail("REFERENCE_REFUSED", reference.uri);
    }
    const std::string& stated = out_.placement.file;
    if (!stated.empty() && stated != *name) Warn("CONTENT_NAME_DIFFERS", reference.uri);
    out_.digests.Add(reference.digest->digest);
    ContentReference content;
    content.detached = true;
    content.enveloped = false;
    content.digest = reference.digest->digest;
    content.expected = reference.digest_value;
    content.id = stated.empty() ? *name : stated;
    out_.content.push_back(std::move(content));
  }

  void AddContent(const xades::Reference& reference, const std::string& id) {
    const bool root_itself = id.empty() && out_.placement.is_root;
    if (id.empty() && out_.placement.scope != schemas::Scope::kWhole && !AnyDocument()) {
      return Fail("REFERENCE_NOT_AT_ALLOWED_PATH", "URI=\"\"");
    }
    if (root_itself || reference.base64) return Fail("REFERENCE_REFUSED", reference.uri);
    if (!reference.enveloped && (id.empty() || !AnyDocument())) {
      return Fail("REFERENCE_REFUSED", "enveloped-signature");
    }
    out_.digests.Add(reference.digest->digest);
    ContentReference content;
    content.whole_document = id.empty();
    content.elsewhere = AnyDocument() && !id.empty();
    content.of_root = id.empty() || id == out_.placement.root_id;
    content.enveloped = reference.enveloped;
    content.canonical = reference.canonical;
    content.digest = reference.digest->digest;
    content.expected = reference.digest_value;
    content.id = id;
    // A same-document reference leaves comments out whatever the transform says (XML Signature
    // §4.4.3.3), for URI="" and for "#id" alike.
    content.canonical.with_comments = false;
    out_.content.push_back(std::move(content));
  }

  // What a signature of any document covers. What is in the signature itself and is of no
  // vocabulary of signatures must be something that it signs: else it would pass for a part of the
  // document.
  void DescribeCoverage() {
    for (const xml::FragmentNode* node : model_.foreign) {
      const bool covered =
          std::any_of(own_signed_.begin(), own_signed_.end(),
                      [&](const OwnPart& part) { return Holds(*part.node, node); });
      if (!covered) return Fail("SIGNATURE_STRUCTURE", node->qname);
    }
    SignatureReport& report = out_.report;
    report.scope = schemas::Scope::kOther;
    const bool detached = std::any_of(out_.content.begin(), out_.content.end(),
                                      [](const ContentReference& it) { return it.detached; });
    if (detached && out_.content.size() != 1) return Fail("REFERENCE_REFUSED", "");
    if (detached) return DescribeDetached();
    for (const ContentReference& content : out_.content) {
      if (content.of_root) report.scope = schemas::Scope::kWhole;
      report.covers.push_back(content.of_root ? Concat("/", out_.placement.root_name)
                                              : Concat("#", content.id));
    }
    for (const OwnPart& part : own_signed_) {
      report.covers.push_back(Concat("#", part.id));
    }
    for (const ManifestEntry& it : out_.manifest) {
      if (it.followed) report.covers.push_back(it.uri);
    }
    if (report.covers.empty()) return Fail("REFERENCE_NOT_AT_ALLOWED_PATH", "0");
    // An enveloping signature is the whole document; what a CFU's signs is listed one by one.
    const bool whole = report.scope == schemas::Scope::kWhole || out_.placement.is_root;
    if (!whole && !out_.placement.rules.parts_may_be_signed) {
      out_.constraints.push_back({"PART_OF_DOCUMENT", report.covers.front()});
    }
    report.of =
        report.scope == schemas::Scope::kWhole ? out_.placement.root_name : report.covers.front();
  }

  // In a message it is of one of its files, and of nothing of the message itself.
  void DescribeDetached() {
    SignatureReport& report = out_.report;
    report.of = out_.content.front().id;
    report.covers = {report.of};
    if (out_.placement.is_root) report.scope = schemas::Scope::kWhole;
  }

  static bool Holds(const xml::FragmentNode& node, const xml::FragmentNode* sought) {
    if (&node == sought) return true;
    const auto children = node.Elements();
    return std::any_of(children.begin(), children.end(),
                       [&](const xml::FragmentNode* it) { return Holds(*it, sought); });
  }

  void CheckValue() {
    xml::StringSink octets;
    if (!fragment_.Canonicalise(*model_.signed_info, model_.signed_info_canonical, octets).ok()) {
      return Fail("CANONICALISATION_FAILED", "SignedInfo");
    }
    out_.digests.Add(model_.method->scheme.digest);
    out_.value_holds = out_.certificate->Verifies(*model_.method, octets.text(), model_.value);
  }

  // Where all that is stamped stands in the signature, it is compared at once.
  void PrepareArchiveImprints() {
    const UnsignedEvidence& evidence = *out_.unsigned_evidence;
    if (evidence.archive_time_stamps.empty()) return;
    out_.archive_imprints.resize(evidence.archive_time_stamps.size());
    out_.imprints = ImprintsOf(fragment_, referenced_, out_.content, evidence);
    std::erase_if(out_.imprints.list, [&](const ArchiveImprint& it) {
      if (!it.Complete()) return false;
      ImprintDigest digest(it.digest);
      for (const ImprintPart& part : it.parts) digest.Write(*part.octets);
      out_.archive_imprints[it.stamp] = digest.Finish() == it.expected;
      return true;
    });
  }

  // A part of the signature, beside its properties, that it signs.
  struct OwnPart {
    const xml::FragmentNode* node;
    std::string id;
  };

  const xml::Fragment& fragment_;
  SignatureModel model_;
  CertificateCache& certificates_;
  std::vector<OwnPart> own_signed_;
  std::vector<ReferencedPart> referenced_;
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
          ToHex(certificate.DigestWith(DigestAlgorithm::kSha256)), certificate.KeySha256()};
}

CheckedSignature CheckSignature(const xml::Fragment& fragment, const SignaturePlacement& placement,
                                CertificateCache& certificates) {
  return Check(fragment, placement, certificates).Run();
}

}  // namespace sceau::verifier
