// What the service does, as functions: the rooms below in the daemon, others in tests.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "schemas/inspection.h"
#include "server/caller.h"
#include "signer/signer.h"
#include "signer/to_be_signed.h"
#include "verifier/report.h"

namespace sceau::server {

// What a client asks to be signed, and how. Empty texts take the configured values.
struct SignOrder {
  std::string key;  // name or URI, see SignHeader.key
  std::string profile;
  signer::Selection selection;
  // A detached signature: of the document, by this name, or of the content, which the document
  // names.
  bool detached = false;
  std::string name;
  std::string role, city, postal_code, country;
  bool set_dematerialisee = false;
  // DER, for a key that is not the server's (the card at the desk): the signer's certificate, then
  // what is known of its chain. `key` is empty then.
  std::vector<std::string> certificates;
  // The collectivités whose documents the caller may have signed, see RequireWithin.
  Within within;
};

// "whole", "all", "listed:3", "detached": for logs.
inline std::string NameOfSelection(const SignOrder& order) {
  if (order.detached) return "detached";
  const signer::Selection& selection = order.selection;
  switch (selection.what) {
    case signer::Selection::What::kWhole:
      return "whole";
    case signer::Selection::What::kAll:
      return "all";
    case signer::Selection::What::kListed:
      break;
  }
  return Concat("listed:", selection.bordereaux.size());
}

// What a card elsewhere is to sign.
struct WorkForCard {
  size_t targets = 0;
  std::function<signer::PreparedTarget(size_t index)> target;
  std::string fingerprint;  // see signer::ToBeSigned
};

// What came back from it.
struct CardSignatures {
  absl::Time signing_time;          // as it was prepared
  std::string fingerprint;          // of what was prepared; other texts are kPreparationDiffers
  std::vector<std::string> values;  // one for each target, in order
};

// What the signer tells and asks while it works. Called from any thread, `progress` one at a time.
struct SignWatch {
  std::function<void(const std::string& of, size_t done, size_t total)> progress;
  std::function<Status()> still_wanted;
  absl::Time deadline;
  // For the audit log: the request's id, who asks, and the document's SHA-256 (raw).
  std::string request, caller, document;
  // Makes what was signed and verified durable, with the end that the audit log will have
  // (Engine::record_end). After it the request may end, and only then is anything released.
  std::function<Status(const signer::Outcome&, const std::string& end)> keep;
};

// A file beside a document, which outlives the call.
struct Beside {
  std::string name;
  const InputFile* file;
};

class DelegationDesk;

// Of who may call, as the audit log has it.
struct AccessChange {
  std::string who;     // the manager; empty: the configuration
  std::string change;  // "enabled", "disabled", "manager"
  std::string collectivite, caller, reason;
};

// What happens to work for a card elsewhere, as the audit log has it.
struct DeskEvent {
  const SignOrder& order;
  // The request's id, who asks, the document's SHA-256 (raw), and what was prepared (empty: nothing
  // was).
  std::string request, caller, document, preparation;
};

// Every function may be called from several threads at once, and takes its time.
struct Engine {
  std::function<StatusOr<schemas::Inspection>(const InputFile&)> inspect;
  std::function<verifier::FileReport(const InputFile&, const std::vector<Beside>& contents,
                                     absl::Time validation_time)>
      verify;
  // The order with the configured values where it gave none, and the key by its name. Errors when
  // it could not be carried out whatever the document: profile or key do not exist. Does not touch
  // a token.
  std::function<StatusOr<SignOrder>(const SignOrder&)> admit;
  // Writes the signed document, verified, into `output`, and has it kept. Intent and end are in the
  // audit log when it returns; without the intent no token is touched.
  // `content` only of a detached signature that goes into a message; else null.
  std::function<StatusOr<signer::Outcome>(const InputFile&, const InputFile* content,
                                          const SignOrder&, const SignWatch&, OutputFile& output)>
      sign;
  // The two halves of signing with a card elsewhere. Neither touches a token.
  std::function<StatusOr<WorkForCard>(const InputFile&, const SignOrder&, absl::Time signing_time)>
      prepare;
  std::function<StatusOr<signer::Outcome>(const InputFile&, const SignOrder&, const CardSignatures&,
                                          const SignWatch&, OutputFile& output)>
      complete;
  // Is in the audit log when they return OK: that work was handed out, that it was refused and why,
  // that the signer declined it.
  std::function<Status(const DeskEvent&)> record_prepared;
  std::function<Status(const DeskEvent&, const Status& why)> record_refused;
  std::function<Status(const DeskEvent&, const std::string& reason)> record_declined;
  // What was given to SignWatch::keep is in the audit log when it returns OK, once.
  std::function<Status(const std::string& end)> record_end;
  // Is in the audit log when it returns OK.
  std::function<Status(const AccessChange&)> record_access;
  DelegationDesk* delegations = nullptr;  // the register of competences; null: none is kept here
};

}  // namespace sceau::server
