#include "verifier/signature_acceptance.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace sceau::verifier {
namespace {

// An extended key usage must name one of these: what certificates for signing documents carry.
constexpr std::string_view kSigningUsages[] = {
    "2.5.29.37.0",             // anyExtendedKeyUsage
    "1.3.6.1.5.5.7.3.2",       // clientAuth
    "1.3.6.1.5.5.7.3.4",       // emailProtection
    "1.3.6.1.5.5.7.3.36",      // documentSigning (RFC 9336)
    "1.3.6.1.4.1.311.10.3.12"  // Microsoft document signing
};

bool MaySign(const xades::ExtendedKeyUsage& usage) {
  return !usage.present || std::any_of(usage.oids.begin(), usage.oids.end(), [](const auto& oid) {
    return std::find(std::begin(kSigningUsages), std::end(kSigningUsages), oid) !=
           std::end(kSigningUsages);
  });
}

void Demand(bool met, std::string_view code, Acceptance& out) {
  if (!met) out.shortfalls.push_back({"SIG_CONSTRAINTS_FAILURE", std::string(code), ""});
}

// What the Hélios policy demands of a signature (signed properties, policy and its hash).
void CheckHeliosPolicy(const SignatureReport& report, Acceptance& out) {
  Demand(!report.policy_id.empty(), "POLICY_MISSING", out);
  if (!report.policy_id.empty() && !report.policy_known) {
    out.shortfalls.push_back(
        {"SIGNATURE_POLICY_NOT_AVAILABLE", "POLICY_UNKNOWN", report.policy_id});
  } else if (!report.policy_id.empty() && report.policy_hash != PolicyHash::kMatches) {
    out.shortfalls.push_back({"POLICY_PROCESSING_ERROR", "POLICY_HASH_DIFFERS",
                              std::string(NameOf(report.policy_hash))});
  }
  Demand(!report.claimed_time.empty(), "SIGNING_TIME_MISSING", out);
  Demand(!report.claimed_role.empty(), "ROLE_MISSING", out);
  Demand(!report.city.empty() && !report.postal_code.empty() && !report.country.empty(),
         "PLACE_MISSING", out);
}

constexpr std::string_view kOutsideCertificate = "CLAIMED_TIME_OUTSIDE_CERTIFICATE";

// Claimed is not proven: a claim that cannot be true is a warning, a claim that can is no proof.
std::optional<std::string_view> FaultOfClaim(const SignatureReport& report,
                                             const xades::Certificate& certificate, absl::Time at) {
  if (report.claimed_time.empty()) return std::nullopt;
  absl::Time claimed;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, report.claimed_time, &claimed, &error)) {
    return "CLAIMED_TIME_UNREADABLE";
  }
  if (claimed < certificate.NotBefore() || claimed > certificate.NotAfter()) {
    return kOutsideCertificate;
  }
  if (claimed > at) return "CLAIMED_TIME_IN_FUTURE";
  if (report.best_time && claimed > *report.best_time) return "CLAIMED_TIME_AFTER_TIME_STAMP";
  return std::nullopt;
}

}  // namespace

Acceptance CheckAcceptance(const SignatureReport& report, const xades::Certificate& certificate,
                           schemas::Kind document, absl::Time at) {
  Acceptance out;
  const xades::KeyUsage usage = certificate.Usage();
  if (usage.present && !usage.non_repudiation) {
    out.shortfalls.push_back(
        {"CHAIN_CONSTRAINTS_FAILURE", "CERTIFICATE_NOT_FOR_SIGNING", "keyUsage"});
  }
  if (!MaySign(certificate.ExtendedUsage())) {
    out.shortfalls.push_back(
        {"CHAIN_CONSTRAINTS_FAILURE", "CERTIFICATE_NOT_FOR_SIGNING", "extendedKeyUsage"});
  }
  const bool helios = document == schemas::Kind::kPesAller;
  if (helios) CheckHeliosPolicy(report, out);
  const auto fault = FaultOfClaim(report, certificate, at);
  if (fault == kOutsideCertificate && helios) {
    // The policy wants a certificate that is valid at the signing date, whoever tells the date.
    out.shortfalls.push_back({"SIG_CONSTRAINTS_FAILURE", std::string(*fault), report.claimed_time});
  } else if (fault) {
    out.remarks.push_back({std::string(*fault), schemas::Severity::kWarning, report.claimed_time});
  }
  return out;
}

}  // namespace sceau::verifier
