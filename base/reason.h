// The stable reasons of every refusal and failure.
//
// A reason's name never changes: programs decide on it. Its sentences may. The table in reason.cc
// gives for each the gRPC code, the exit code of the command (docs/integration.md and `sceau
// --help` show them) and, in French and English, what happened and what to do.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/lang.h"

namespace sceau {

enum class Reason {
  kInternal,
  // Use of the command or of the contract
  kUsage,
  kRoleMissing,
  kPlaceMissing,
  kTestClockRefused,
  kProfileUnknown,
  kStreamProtocol,
  kNotImplemented,
  // The document
  kInputUnreadable,
  kInputChanged,
  kDocumentTooLarge,
  kNotXml,
  kDoctypeRefused,
  kEncodingRefused,
  kXmlLimitExceeded,
  kDocumentUnknown,
  kDocumentNotSupported,
  kContentMismatch,
  kUploadIncomplete,
  kChunkTooLarge,
  kSchemaSetInvalid,
  kSchemaSetUnknown,
  // What is to be signed
  kNothingToSign,
  kBordereauNotFound,
  kBordereauAmbiguous,
  kAlreadySigned,
  kRootAlreadySigned,
  kDuplicateId,
  kInfoDematerialiseeMissing,
  kBudgetActRefused,
  kRuleBroken,
  kElementMalformed,
  // What is to be left out of a file
  kAcquitMismatch,
  kPieceNotFound,
  kNothingToLeaveOut,
  kNothingLeft,
  // Keys, certificates, tokens
  kKeyUriInvalid,
  kKeyNotFound,
  kKeyAmbiguous,
  kCertificateMissing,
  kCertificateNotValid,
  kCertificateNotForSigning,
  kCertificateMismatch,
  kAlgorithmRefused,
  kTokenUnavailable,
  kTokenBusy,
  kTokenError,
  kPinMissing,
  kPinSourceUnreadable,
  kPinIncorrect,
  kPinKnownWrong,
  kPinRegisterUnusable,
  kPinFinalTry,
  kPinLocked,
  kPassphraseIncorrect,
  kSignatureCheckFailed,
  kOutputCheckFailed,
  // Output
  kOutputExists,
  kOutputUnwritable,
  kSentRegisterUnusable,
  // The service
  kServiceUnavailable,
  kOverloaded,
  kDeadlineExceeded,
  kCancelled,
  kIdempotencyConflict,
  kIdempotencyInProgress,
  kAnswerIncomplete,
  kRefusedByUser,
  // Configuration
  kConfigInvalid,
  kProfileInvalid,
  kTrustUnreadable,
  kRevocationUnreadable,
  // Trusted lists
  kTrustedListInvalid,
  kTrustedListNotTrusted,
  kTrustedListExpired,
  kTrustedListRollback,
  // Competence
  kCompetenceDenied,
  kJustificationRequired,
  kCompetenceUnavailable,
  kRoleDiffers,
  kDelegationInvalid,
  kDelegationUnknown,
  kDelegationActUnverified,
  // Identity
  kCallerUnknown,
  kCallerRevoked,
  kCallerNotAllowed,
  kManagerConflict,
  kRateLimited,
  // Prepared work
  kPreparationUnknown,
  kPreparationExpired,
  kPreparationUsed,
  kPreparationDiffers,
  kResultExpired,
  kResultUnknown,
  // State and audit
  kStoreUnusable,
  kStoreVersion,
  kAuditUnavailable,
  kAuditInvalid,
};

struct ReasonInfo {
  Reason reason;
  std::string_view name;  // stable, e.g. "DOCTYPE_REFUSED"
  absl::StatusCode code;
  int exit_code;  // of the command
  Text what;
  Text remedy;
};

absl::Span<const ReasonInfo> AllReasons();
const ReasonInfo& InfoOf(Reason reason);
// Null when no reason has this name.
const ReasonInfo* FindReason(std::string_view name);

}  // namespace sceau
