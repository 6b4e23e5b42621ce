#include "server/convert.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "base/strings.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proto/enums.h"
#include "proto/text.h"

namespace sceau::server {
namespace {

using wire::To;
using wire::Utf8;

constexpr int kMaxIdempotencyKey = 128;  // characters
// The whole of a status must fit HTTP/2's 8 KiB of trailers.
constexpr size_t kMaxDetail = 1000;  // bytes
constexpr size_t kMaxElement = 500;  // bytes

// The same request may succeed later.
bool PassesWithTime(Reason reason) {
  constexpr Reason kPassing[] = {Reason::kOverloaded,         Reason::kRateLimited,
                                 Reason::kTokenBusy,          Reason::kTokenUnavailable,
                                 Reason::kServiceUnavailable, Reason::kIdempotencyInProgress};
  return std::find(std::begin(kPassing), std::end(kPassing), reason) != std::end(kPassing);
}
constexpr int kRetrySeconds = 2;

// A list ("one; two; three") that is too long: whole entries, then how many there are more.
std::string Shortened(std::string_view detail) {
  constexpr std::string_view kBetween = "; ";
  constexpr size_t kCount = 24;  // bytes for what is said of the others
  if (detail.size() <= kMaxDetail) return Utf8(detail, kMaxDetail);
  const size_t end = detail.substr(0, kMaxDetail - kCount).rfind(kBetween);
  if (end == std::string_view::npos) return Utf8(detail, kMaxDetail);
  size_t more = 0;
  for (size_t at = end; at != std::string_view::npos; at = detail.find(kBetween, at + 1)) ++more;
  return Concat(Utf8(detail.substr(0, end), kMaxDetail), kBetween, "+", more);
}

std::string RawOf(const std::string& hex) { return absl::HexStringToBytes(hex); }

size_t Utf8Length(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

}  // namespace

grpc::Status ToGrpc(const Status& status, std::string_view request_id) {
  if (status.ok()) return grpc::Status::OK;
  const ReasonInfo& info = InfoOf(*ReasonOf(status));
  const Place place = PlaceOf(status);

  google::rpc::ErrorInfo error;
  error.set_reason(std::string(info.name));
  error.set_domain("sceau");
  auto& metadata = *error.mutable_metadata();
  const auto put = [&](const char* key, std::string value) {
    if (!value.empty()) metadata[key] = std::move(value);
  };
  put("detail", Shortened(DetailOf(status)));
  put("element", Utf8(place.element, kMaxElement));
  if (place.line > 0) put("line", Concat(place.line));
  if (place.column > 0) put("column", Concat(place.column));
  put("request_id", std::string(request_id));

  google::rpc::Status rich;
  rich.set_code(static_cast<int>(info.code));
  rich.set_message(std::string(info.what.en));
  rich.add_details()->PackFrom(error);
  if (PassesWithTime(info.reason)) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(kRetrySeconds);
    rich.add_details()->PackFrom(retry);
  }
  return {static_cast<grpc::StatusCode>(info.code), rich.message(), rich.SerializeAsString()};
}

absl::Time ToTime(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(absl::ToUnixSeconds(time));
  stamp.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(stamp.seconds()))));
  return stamp;
}

namespace {

// What Sign and Prepare have in common.
template <typename Header>
StatusOr<SignOrder> OrderOf(const Header& header) {
  const size_t key_length = Utf8Length(header.idempotency_key());
  if (key_length < 1 || key_length > kMaxIdempotencyKey) {
    return Error(Reason::kUsage, "idempotency_key: expected 1 to 128 characters");
  }
  if (header.document().sha256().size() != 32) {
    return Error(Reason::kUsage, "document.sha256: expected 32 bytes");
  }
  const v1::SignatureParameters& parameters = header.parameters();
  SignOrder order{.profile = parameters.profile(),
                  .role = parameters.role(),
                  .city = parameters.city(),
                  .postal_code = parameters.postal_code(),
                  .country = parameters.country(),
                  .set_dematerialisee = parameters.set_dematerialisee()};
  using What = signer::Selection::What;
  switch (parameters.selection().what_case()) {
    case v1::Selection::kWhole:
      order.selection.what = What::kWhole;
      return order;
    case v1::Selection::kAll:
      order.selection.what = What::kAll;
      return order;
    case v1::Selection::kListed: {
      const auto& refs = parameters.selection().listed().refs();
      if (refs.empty()) return Error(Reason::kUsage, "selection.listed.refs: empty");
      order.selection.what = What::kListed;
      order.selection.bordereaux.assign(refs.begin(), refs.end());
      return order;
    }
    case v1::Selection::kDetached:
      order.selection.what = What::kWhole;
      order.detached = true;
      order.name = parameters.selection().detached().name();
      return order;
    case v1::Selection::WHAT_NOT_SET:
      break;
  }
  return Error(Reason::kUsage, "selection: missing");
}

template <typename Header>
std::string DigestOfHeader(Header decisive) {
  decisive.clear_idempotency_key();
  decisive.mutable_document()->clear_size();  // the digest says more
  // Fields in order of number, each with its length: other parameters give other bytes.
  return DigestOf(DigestAlgorithm::kSha256,
                  Concat(Header::descriptor()->name(), "\n", decisive.SerializeAsString()));
}

}  // namespace

StatusOr<SignOrder> ToSignOrder(const v1::SignHeader& header) {
  SCEAU_ASSIGN_OR_RETURN(SignOrder order, OrderOf(header));
  order.key = header.key();
  if (!header.has_content()) {
    if (order.detached && order.name.empty()) {
      return Error(Reason::kUsage, "selection.detached.name: missing");
    }
    return order;
  }
  if (!order.detached || !order.name.empty()) {
    return Error(Reason::kUsage, "content: only with selection.detached, without name");
  }
  if (header.content().document().sha256().size() != 32) {
    return Error(Reason::kUsage, "content.document.sha256: expected 32 bytes");
  }
  order.name = header.content().name();
  return order;
}

StatusOr<SignOrder> ToSignOrder(const v1::PrepareHeader& header) {
  SCEAU_ASSIGN_OR_RETURN(SignOrder order, OrderOf(header));
  if (order.detached && order.name.empty()) {
    return Error(Reason::kUsage, "selection.detached.name: missing");
  }
  order.certificates.assign(header.certificates().begin(), header.certificates().end());
  if (order.certificates.empty() || order.certificates.front().empty()) {
    return Error(Reason::kCertificateMissing, "certificates");
  }
  return order;
}

std::string FingerprintOf(const v1::SignHeader& header) {
  v1::SignHeader decisive = header;
  if (header.has_content()) decisive.mutable_content()->mutable_document()->clear_size();
  return DigestOfHeader(std::move(decisive));
}
std::string FingerprintOf(const v1::PrepareHeader& header) { return DigestOfHeader(header); }

v1::Place ToWire(const Place& place) {
  v1::Place wire;
  wire.set_line(place.line);
  wire.set_column(place.column);
  wire.set_element(Utf8(place.element));
  return wire;
}

v1::Finding ToWire(const schemas::Finding& finding) {
  v1::Finding wire;
  wire.set_severity(To<v1::Severity>(finding.severity));
  wire.set_rule(finding.rule);
  *wire.mutable_place() = ToWire(finding.place);
  wire.set_detail(Utf8(finding.detail));
  wire.set_value(Utf8(finding.value));
  return wire;
}

v1::VerifiedFile ToWireFile(const verifier::FileReport& report) {
  v1::VerifiedFile wire;
  wire.set_kind(To<v1::Kind>(report.kind));
  wire.set_sha256(RawOf(report.sha256));
  *wire.mutable_validation_time() = ToTimestamp(report.validation_time);
  return wire;
}

v1::VerifiedAttachment ToWireAttachment(const verifier::FileReport& report) {
  v1::VerifiedAttachment wire;
  wire.set_id(Utf8(report.attachment_id));
  wire.set_name(Utf8(report.file));
  *wire.mutable_file() = ToWireFile(report);
  return wire;
}

v1::SignatureReport ToWire(const verifier::SignatureReport& report) {
  v1::SignatureReport wire;
  wire.set_id(report.id);
  wire.set_format(report.format);
  wire.set_level(report.level);
  wire.set_xades_namespace(report.xades_namespace);
  wire.set_scope(To<v1::Scope>(report.scope));
  wire.set_of(Utf8(report.of));
  for (const std::string& path : report.covers) wire.add_covers(Utf8(path));
  wire.set_integrity(To<v1::Integrity>(report.integrity));
  wire.set_indication(To<v1::Indication>(report.indication));
  wire.set_sub_indication(report.sub_indication);
  if (report.signer) {
    v1::SignerCertificate& signer = *wire.mutable_signer();
    signer.set_subject(Utf8(report.signer->subject));
    signer.set_issuer(Utf8(report.signer->issuer));
    signer.set_serial(report.signer->serial);
    signer.set_sha256(RawOf(report.signer->sha256));
  }
  wire.set_claimed_time(report.claimed_time);
  if (report.best_time) *wire.mutable_best_time() = ToTimestamp(*report.best_time);
  wire.set_claimed_role(report.claimed_role);
  wire.set_city(report.city);
  wire.set_postal_code(report.postal_code);
  wire.set_country(report.country);
  wire.set_policy_id(report.policy_id);
  wire.set_policy_known(report.policy_known);
  wire.set_policy_hash(To<v1::PolicyHash>(report.policy_hash));
  wire.set_qualification(report.qualification);
  wire.set_competence(To<v1::Competence>(report.competence));
  for (const verifier::SignatureReason& reason : report.reasons) {
    v1::SignatureReason& added = *wire.add_reasons();
    added.set_code(reason.code);
    added.set_severity(To<v1::Severity>(reason.severity));
    added.set_detail(Utf8(reason.detail));
  }
  *wire.mutable_place() = ToWire(Place{.line = report.line, .column = report.column});
  return wire;
}

v1::UnsignedElement ToWire(const verifier::UnsignedElement& element) {
  v1::UnsignedElement wire;
  wire.set_scope(To<v1::Scope>(element.scope));
  wire.set_of(Utf8(element.of));
  wire.set_why(To<v1::UnsignedWhy>(element.why));
  return wire;
}

v1::VerificationSummary ToWireSummary(const verifier::FileReport& report) {
  v1::VerificationSummary wire;
  wire.set_verdict(To<v1::Verdict>(report.verdict));
  wire.set_signatures(static_cast<int64_t>(report.signatures.size()));
  wire.set_attachments(static_cast<int64_t>(report.attachments.size()));
  if (!report.refusal.ok()) {
    v1::Refusal& refusal = *wire.mutable_refusal();
    refusal.set_reason(std::string(InfoOf(*ReasonOf(report.refusal)).name));
    refusal.set_detail(Utf8(DetailOf(report.refusal)));
    *refusal.mutable_place() = ToWire(PlaceOf(report.refusal));
  }
  return wire;
}

v1::Edit ToWire(const xml::Edit& edit) {
  v1::Edit wire;
  wire.set_offset(edit.offset);
  wire.set_removed(edit.removed);
  wire.set_output_offset(edit.output_offset);
  wire.set_inserted_size(edit.inserted_size);
  return wire;
}

v1::PreparedTarget ToWire(const signer::PreparedTarget& target) {
  v1::PreparedTarget wire;
  wire.set_scope(To<v1::Scope>(target.scope));
  wire.set_of(Utf8(target.of));
  wire.set_element_digest(target.element_digest);
  wire.set_signed_properties(target.signed_properties);
  wire.set_signed_info(target.signed_info);
  wire.set_digest_method(target.digest_method);
  wire.set_signature_method(target.signature_method);
  return wire;
}

v1::SignedElement ToWire(const signer::SignedElement& element) {
  v1::SignedElement wire;
  wire.set_scope(To<v1::Scope>(element.scope));
  wire.set_of(Utf8(element.of));
  wire.set_signature_id(Utf8(element.signature_id));
  return wire;
}

}  // namespace sceau::server
