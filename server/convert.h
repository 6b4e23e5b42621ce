// Between the contract's messages and the domain's own types. Nothing else does this on the server.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/status.h"
#include "sceau/v1/signing.pb.h"
#include "sceau/v1/verification.pb.h"
#include "schemas/finding.h"
#include "server/engine.h"
#include "signer/to_be_signed.h"
#include "verifier/report.h"

namespace sceau::server {

// Entries of a list that travel in one message.
inline constexpr size_t kItemsPerMessage = 250;
inline constexpr int kEditsPerMessage = 500;

// The reason's code and English sentence, with google.rpc.Status (ErrorInfo; RetryInfo for reasons
// that pass with time) as details. `request_id` may be empty.
grpc::Status ToGrpc(const Status& status, std::string_view request_id);

absl::Time ToTime(const google::protobuf::Timestamp& stamp);
google::protobuf::Timestamp ToTimestamp(absl::Time time);

// Checks what can be checked without the document. Error kUsage with the field's name.
StatusOr<SignOrder> ToSignOrder(const v1::SignHeader& header);
// Also kCertificateMissing.
StatusOr<SignOrder> ToSignOrder(const v1::PrepareHeader& header);
// A digest over everything that decides what a signing yields: content and parameters.
std::string FingerprintOf(const v1::SignHeader& header);
std::string FingerprintOf(const v1::PrepareHeader& header);

v1::Place ToWire(const Place& place);
v1::Finding ToWire(const schemas::Finding& finding);

v1::VerifiedFile ToWireFile(const verifier::FileReport& report);
v1::VerifiedAttachment ToWireAttachment(const verifier::FileReport& report);
v1::SignatureReport ToWire(const verifier::SignatureReport& report);
v1::UnsignedElement ToWire(const verifier::UnsignedElement& element);
v1::VerificationSummary ToWireSummary(const verifier::FileReport& report);

v1::Edit ToWire(const xml::Edit& edit);
v1::SignedElement ToWire(const signer::SignedElement& element);
v1::PreparedTarget ToWire(const signer::PreparedTarget& target);

}  // namespace sceau::server
