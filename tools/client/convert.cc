#include "tools/client/convert.h"

#include "absl/strings/numbers.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/enums.h"

namespace sceau::client {
namespace {

using wire::From;

// What a failure without a reason of ours means: it comes from the network or from gRPC.
Reason ReasonOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::UNIMPLEMENTED:
      return Reason::kServiceUnavailable;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return Reason::kDeadlineExceeded;
    case grpc::StatusCode::CANCELLED:
      return Reason::kCancelled;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return Reason::kOverloaded;
    default:
      return Reason::kInternal;
  }
}

Status FromErrorInfo(const google::rpc::ErrorInfo& error) {
  const auto field = [&](const char* name) {
    const auto found = error.metadata().find(name);
    return found == error.metadata().end() ? std::string() : found->second;
  };
  std::string detail = field("detail");
  const ReasonInfo* info = FindReason(error.reason());
  // A reason of a later server is told by its name.
  if (info == nullptr) return Error(Reason::kInternal, Concat(error.reason(), " ", detail));
  Place place{.element = field("element")};
  (void)absl::SimpleAtoi(field("line"), &place.line);
  (void)absl::SimpleAtoi(field("column"), &place.column);
  if (info->reason == Reason::kInternal && !field("request_id").empty()) {
    AppendTo(detail, detail.empty() ? "" : " ", "request_id=", field("request_id"));
  }
  return Error(info->reason, detail, place);
}

bool IsAboutLoad(std::string_view reason) {
  return reason == InfoOf(Reason::kOverloaded).name || reason == InfoOf(Reason::kRateLimited).name;
}

}  // namespace

Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return OkStatus();
  google::rpc::Status rich;
  if (!status.error_details().empty() && rich.ParseFromString(status.error_details())) {
    google::rpc::RetryInfo retry;
    google::rpc::ErrorInfo error;
    for (const auto& detail : rich.details()) (void)detail.UnpackTo(&retry);
    for (const auto& detail : rich.details()) {
      if (!detail.UnpackTo(&error) || error.domain() != "sceau") continue;
      // How long to wait, for whoever reads it, in any language.
      if (retry.has_retry_delay() && IsAboutLoad(error.reason())) {
        std::string& told = (*error.mutable_metadata())["detail"];
        AppendTo(told, told.empty() ? "" : "; ", retry.retry_delay().seconds(), " s");
      }
      return FromErrorInfo(error);
    }
  }
  return Error(ReasonOf(status.error_code()), status.error_message());
}

namespace {

v1::SignatureParameters ParametersOf(const SignOrder& order) {
  v1::SignatureParameters parameters;
  parameters.set_profile(order.profile);
  parameters.set_role(order.role);
  parameters.set_city(order.city);
  parameters.set_postal_code(order.postal_code);
  parameters.set_country(order.country);
  parameters.set_set_dematerialisee(order.set_dematerialisee);
  v1::Selection& selection = *parameters.mutable_selection();
  if (!order.detached_name.empty() || order.content.file != nullptr) {
    selection.mutable_detached()->set_name(order.detached_name);
    return parameters;
  }
  using What = signer::Selection::What;
  switch (order.selection.what) {
    case What::kWhole:
      selection.mutable_whole();
      break;
    case What::kAll:
      selection.mutable_all();
      break;
    case What::kListed:
      selection.mutable_listed();
      for (const std::string& ref : order.selection.bordereaux) {
        selection.mutable_listed()->add_refs(ref);
      }
      break;
  }
  return parameters;
}

}  // namespace

v1::SignHeader ToSignHeader(const SignOrder& order) {
  v1::SignHeader header;
  header.set_idempotency_key(order.idempotency_key);
  header.set_key(order.key);
  *header.mutable_parameters() = ParametersOf(order);
  return header;
}

v1::PrepareHeader ToPrepareHeader(const SignOrder& order) {
  v1::PrepareHeader header;
  header.set_idempotency_key(order.idempotency_key);
  *header.mutable_parameters() = ParametersOf(order);
  for (const std::string& it : order.certificates) header.add_certificates(it);
  return header;
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(absl::ToUnixSeconds(time));
  stamp.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(stamp.seconds()))));
  return stamp;
}

absl::Time FromWire(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

Place FromWire(const v1::Place& place) {
  return {.line = place.line(), .column = place.column(), .element = place.element()};
}

schemas::Finding FromWire(const v1::Finding& finding) {
  return {.severity = From(finding.severity(), schemas::Severity::kError),
          .rule = finding.rule(),
          .place = FromWire(finding.place()),
          .detail = finding.detail(),
          .value = finding.value()};
}

verifier::SignatureReport FromWire(const v1::SignatureReport& wire) {
  verifier::SignatureReport report;
  report.id = wire.id();
  report.format = wire.format();
  report.level = wire.level();
  report.xades_namespace = wire.xades_namespace();
  report.scope = From(wire.scope(), schemas::Scope::kOther);
  report.of = wire.of();
  report.covers.assign(wire.covers().begin(), wire.covers().end());
  report.integrity = From(wire.integrity(), verifier::Integrity::kUnchecked);
  report.indication = From(wire.indication(), verifier::Indication::kIndeterminate);
  report.sub_indication = wire.sub_indication();
  if (wire.has_signer()) {
    report.signer = {.subject = wire.signer().subject(),
                     .issuer = wire.signer().issuer(),
                     .serial = wire.signer().serial(),
                     .sha256 = ToHex(wire.signer().sha256())};
  }
  report.claimed_time = wire.claimed_time();
  if (wire.has_best_time()) {
    report.best_time = FromWire(wire.best_time());
  }
  report.claimed_role = wire.claimed_role();
  report.city = wire.city();
  report.postal_code = wire.postal_code();
  report.country = wire.country();
  report.policy_id = wire.policy_id();
  report.policy_known = wire.policy_known();
  report.policy_hash = From(wire.policy_hash(), verifier::PolicyHash::kUnknown);
  report.qualification = wire.qualification();
  report.competence = From(wire.competence(), verifier::Competence::kUnknownHere);
  for (const v1::SignatureReason& reason : wire.reasons()) {
    report.reasons.push_back({.code = reason.code(),
                              .severity = From(reason.severity(), schemas::Severity::kError),
                              .detail = reason.detail()});
  }
  report.line = wire.place().line();
  report.column = wire.place().column();
  return report;
}

verifier::UnsignedElement FromWire(const v1::UnsignedElement& wire) {
  return {.scope = From(wire.scope(), schemas::Scope::kOther),
          .of = wire.of(),
          .why = From(wire.why(), verifier::UnsignedWhy::kMissing)};
}

signer::PreparedTarget FromWire(const v1::PreparedTarget& wire) {
  return {.scope = From(wire.scope(), schemas::Scope::kOther),
          .of = wire.of(),
          .element_digest = wire.element_digest(),
          .signed_properties = wire.signed_properties(),
          .signed_info = wire.signed_info(),
          .digest_method = wire.digest_method(),
          .signature_method = wire.signature_method()};
}

signer::SignedElement FromWire(const v1::SignedElement& wire) {
  return {.scope = From(wire.scope(), schemas::Scope::kOther),
          .of = wire.of(),
          .signature_id = wire.signature_id()};
}

xml::Edit FromWire(const v1::Edit& wire) {
  return {.offset = wire.offset(),
          .removed = wire.removed(),
          .output_offset = wire.output_offset(),
          .inserted_size = wire.inserted_size()};
}

void Read(const v1::VerifiedFile& wire, verifier::FileReport& into) {
  into.kind = From(wire.kind(), schemas::Kind::kOther);
  into.sha256 = ToHex(wire.sha256());
  into.validation_time = FromWire(wire.validation_time());
}

void Read(const v1::VerifiedAttachment& wire, verifier::FileReport& into) {
  into.attachment_id = wire.id();
  into.file = wire.name();
  Read(wire.file(), into);
}

void Read(const v1::Remarks& wire, verifier::FileReport& into) {
  for (const auto& item : wire.unsigned_elements()) {
    into.unsigned_elements.push_back(FromWire(item));
  }
  into.not_covered.insert(into.not_covered.end(), wire.not_covered().begin(),
                          wire.not_covered().end());
  for (const auto& item : wire.findings()) into.findings.push_back(FromWire(item));
}

void Read(const v1::VerificationSummary& wire, verifier::FileReport& into) {
  into.verdict = From(wire.verdict(), verifier::Verdict::kRefused);
  if (!wire.has_refusal()) return;
  const ReasonInfo* info = FindReason(wire.refusal().reason());
  into.refusal = info == nullptr ? Error(Reason::kInternal, wire.refusal().reason())
                                 : Error(info->reason, wire.refusal().detail(),
                                         FromWire(wire.refusal().place()));
}

}  // namespace sceau::client
