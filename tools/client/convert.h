// From the contract's messages to the domain's own types. Nothing else does this in the client.
#pragma once

#include <grpcpp/support/status.h>

#include "base/status.h"
#include "sceau/v1/signing.pb.h"
#include "sceau/v1/verification.pb.h"
#include "schemas/finding.h"
#include "tools/client/client.h"
#include "verifier/report.h"

namespace sceau::client {

// The reason named by ErrorInfo; without one: kServiceUnavailable, kDeadlineExceeded, kCancelled,
// kOverloaded or kInternal by the code.
Status FromGrpc(const grpc::Status& status);

v1::SignHeader ToSignHeader(const SignOrder& order);
v1::PrepareHeader ToPrepareHeader(const SignOrder& order);

absl::Time FromWire(const google::protobuf::Timestamp& stamp);
google::protobuf::Timestamp ToTimestamp(absl::Time time);
Place FromWire(const v1::Place& place);
schemas::Finding FromWire(const v1::Finding& finding);
verifier::SignatureReport FromWire(const v1::SignatureReport& report);
verifier::UnsignedElement FromWire(const v1::UnsignedElement& element);
xml::Edit FromWire(const v1::Edit& edit);
signer::PreparedTarget FromWire(const v1::PreparedTarget& target);
signer::SignedElement FromWire(const v1::SignedElement& element);

void Read(const v1::VerifiedFile& file, verifier::FileReport& into);
void Read(const v1::VerifiedAttachment& attachment, verifier::FileReport& into);
void Read(const v1::Remarks& remarks, verifier::FileReport& into);
void Read(const v1::VerificationSummary& summary, verifier::FileReport& into);

}  // namespace sceau::client
