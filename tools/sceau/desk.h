// The card stays here, the service prepares and completes.
//
// Nothing the service says is believed: what it asks to be signed must be, text for text, what this
// machine makes of the same file and parameters; the document it gives back must be the file with
// those signatures and nothing else.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/status.h"
#include "signer/detached.h"
#include "signer/signer.h"
#include "tools/client/client.h"

namespace sceau::cli {

// How far the service's clock may be from this machine's: its time stands in the signature.
inline constexpr absl::Duration kClockTolerance = absl::Minutes(5);

struct DeskRequest {
  // With the certificate of the card; the service gives the signing time.
  signer::SignatureParameters parameters;
  // A detached signature of the input by this name instead; null and empty: none.
  const signer::DetachedTask* detached = nullptr;
  std::string detached_name;
  std::string idempotency_key;
  // Whether the key may have been used before: then its result is asked for first, and nothing is
  // signed when there is one.
  bool may_be_completed = false;
  // Shows what is to be signed and asks; an error is a refusal, told to the service as `reason`.
  std::function<Status(const signer::Prepared& prepared, std::string& reason)> consent;
  // Only then: the card is opened, with its PIN.
  std::function<StatusOr<signer::SignFunction>()> unlock;
};

// Writes the signed document, checked, into `output`.
// Errors: the service's own reasons; kPreparationDiffers when it asks for something else than the
// file and the parameters say, before the card is touched; those of signer::Prepare, `consent`,
// `unlock` and the card; kSignatureCheckFailed; kOutputCheckFailed when what it gives back is not
// what was signed.
StatusOr<client::SignAnswer> SignAtDesk(client::Client& service, const InputFile& input,
                                        const DeskRequest& request, OutputFile& output);

}  // namespace sceau::cli
