// The engine of the daemon: the rooms below, with the keys, profiles and trust of the configuration
// in force.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "server/clock_watch.h"
#include "server/config.h"
#include "server/delegation_desk.h"
#include "server/engine.h"
#include "server/journal.h"
#include "server/revocation_evidence.h"
#include "server/setup.h"
#include "server/stamper.h"
#include "signer/detached.h"

namespace sceau::server {

class Appliance {
 public:
  // `clock` outlives it. A token that is absent is no error here: see Setup.
  // Errors: those of Setup::Load; kSentRegisterUnusable.
  static StatusOr<std::unique_ptr<Appliance>> Open(const Config& config, const Clock& clock);
  ~Appliance();

  // Loads everything anew and swaps it whole: calls that have begun to sign or verify end with what
  // was in force then. Nothing changes when anything is wrong.
  // Errors: those of Setup::Load; kConfigInvalid, naming keys that need a restart.
  Status Reload(const Config& next);

  // Never null; does not change.
  std::shared_ptr<const Setup> Current() const;
  // Uses this object, which outlives it.
  Engine engine();
  ClockWatch& clock_watch() { return clock_watch_; }
  Journal& journal() { return journal_; }
  const Stamper& stamper() const { return stamper_; }
  const std::string& state_folder() const { return lasting_.state_folder; }

 private:
  Appliance(const Clock& clock, Lasting lasting, Journal::Options journal,
            const std::string& time_stamps)
      : clock_(clock),
        lasting_(std::move(lasting)),
        clock_watch_(lasting_.state_folder),
        journal_(journal, clock),
        revocation_evidence_(journal.folder + "/evidence"),
        stamper_(journal.folder.empty() ? "" : time_stamps, journal.folder + "/stamps",
                 [this] { return journal_.Newest(); }),
        delegations_([this] { return Current()->config.competence_register; },
                     [this] { return ActJudgement(); }, lasting_.sent, journal_, clock) {}

  SigningRecord RecordOf(std::string_view call, const SignOrder& order, const std::string& request,
                         const std::string& caller, const std::string& document) const;
  SigningRecord RecordOf(std::string_view call, const DeskEvent& it) const {
    return RecordOf(call, it.order, it.request, it.caller, it.document);
  }

  using Work = std::function<StatusOr<signer::Outcome>(SigningEnd& end)>;
  // Records the intent, does the work, has it kept, records its end; nothing is released before.
  StatusOr<signer::Outcome> Recorded(std::string_view call, const SignOrder& order,
                                     const SignWatch& watch, const Work& work);

  void Retire(std::shared_ptr<const Setup> old);
  StatusOr<schemas::Inspection> Inspect(const InputFile& file) const;
  StatusOr<SignOrder> Admit(const SignOrder& order) const;
  // Nothing when the signature goes into the document itself. The files outlive it.
  static StatusOr<std::optional<signer::DetachedTask>> DetachedOf(const SignOrder& order,
                                                                  const InputFile& input,
                                                                  const InputFile* content);
  // `order` as Admit gave it.
  StatusOr<signer::Outcome> Sign(const InputFile& input, const InputFile* content,
                                 const SignOrder& order, const SignWatch& watch, OutputFile& output,
                                 SigningEnd& end);
  // For a card elsewhere (appliance_desk.cc).
  StatusOr<WorkForCard> PrepareForCard(const InputFile& input, const SignOrder& order,
                                       absl::Time signing_time) const;
  StatusOr<signer::Outcome> CompleteFromCard(const InputFile& input, const SignOrder& order,
                                             const CardSignatures& given, const SignWatch& watch,
                                             OutputFile& output, SigningEnd& end);
  // Without certificates. Error kServiceUnavailable (the clock).
  StatusOr<signer::SignatureParameters> ParametersOf(const Setup& setup, const SignOrder& order,
                                                     absl::Time signing_time) const;
  verifier::FileReport Verify(const InputFile& file, verifier::VerifyOptions options) const;
  // By the trust in force, for now.
  verifier::VerifyOptions ActJudgement() const;
  // What travels with a document that is to be signed, by the trust in force.
  Competence::Justify JustifyOf(const Setup& setup, const InputFile& input,
                                const signer::Prepared& prepared) const;
  // Signs what was prepared and enters its documents in the register.
  StatusOr<signer::Outcome> Finish(const Setup& setup, const InputFile& input,
                                   signer::Prepared prepared, const signer::SignFunction& sign,
                                   const SignWatch& watch, OutputFile& output);

  const Clock& clock_;
  const Lasting lasting_;
  ClockWatch clock_watch_;
  Journal journal_;
  RevocationEvidence revocation_evidence_;
  const Stamper stamper_;
  DelegationDesk delegations_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Setup> current_;
  std::thread retiring_;  // lets go of what was in force before: it may wait for the network
};

}  // namespace sceau::server
