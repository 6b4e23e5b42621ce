#include "server/appliance.h"

#include <memory>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "schemas/check.h"
#include "server/caller.h"
#include "server/config_reload.h"
#include "server/log.h"
#include "signer/competence_facts.h"
#include "signer/detached.h"
#include "verifier/attachment_verification.h"
#include "verifier/competence.h"
#include "verifier/justifications.h"
#include "verifier/verifier.h"

namespace sceau::server {
namespace {

constexpr const char* kRoleToBeFound = "?";
const std::string kDetachedProfile = "detached";

// Somebody else owns the file and keeps it for as long as it is used.
std::shared_ptr<const InputFile> Borrowed(const InputFile& file) {
  return {std::shared_ptr<const InputFile>(), &file};
}

const std::string& Or(const std::string& given, const std::string& configured) {
  return given.empty() ? configured : given;
}

verifier::VerifyOptions VerifyOptionsOf(const Trust& trust, absl::Time validation_time) {
  return {.trust = trust.anchors,
          .lists = trust.lists,
          .validation_time = validation_time,
          .revocation = trust.revocation};
}

bool IsTokenGone(const Status& status) {
  const auto reason = ReasonOf(status);
  return reason == Reason::kTokenUnavailable || reason == Reason::kTokenError ||
         reason == Reason::kCertificateMismatch;
}

}  // namespace

StatusOr<std::unique_ptr<Appliance>> Appliance::Open(const Config& config, const Clock& clock) {
  Lasting lasting;
  lasting.state_folder =
      config.state_folder.empty() ? hsm::DefaultStateFolder() : config.state_folder;
  if (!lasting.state_folder.empty()) {
    SCEAU_ASSIGN_OR_RETURN(lasting.sent, schemas::FileSentRegister::Open(lasting.state_folder));
  }
  std::string audit = config.audit_folder;
  if (audit.empty() && !lasting.state_folder.empty()) audit = lasting.state_folder + "/audit";
  std::unique_ptr<Appliance> made(new Appliance(clock, std::move(lasting),
                                                {.folder = std::move(audit),
                                                 .copy = config.audit_copy,
                                                 .checkpoint_records = config.audit_records,
                                                 .checkpoint_period = config.audit_period},
                                                config.audit_time_stamps));
  SCEAU_ASSIGN_OR_RETURN(const std::shared_ptr<Setup> setup,
                         Setup::Load(config, made->lasting_, clock, nullptr));
  setup->trust->Start();
  made->current_ = setup;
  return made;
}

Appliance::~Appliance() {
  if (retiring_.joinable()) retiring_.join();
}

std::shared_ptr<const Setup> Appliance::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Status Appliance::Reload(const Config& next) {
  const std::shared_ptr<const Setup> before = Current();
  SCEAU_RETURN_IF_ERROR(CheckReload(before->config, next));
  SCEAU_ASSIGN_OR_RETURN(const std::shared_ptr<Setup> setup,
                         Setup::Load(next, lasting_, clock_, before.get()));
  setup->trust->Start();
  {
    const std::lock_guard lock(mutex_);
    current_ = setup;
  }
  Retire(before);
  // What was signed by the data that was in force is judged by what follows it.
  const auto kept = revocation_evidence_.Keep(setup->trust->Current()->revocation.given, {});
  if (!kept.ok()) Log(LogLevel::kError, "evidence", {{"detail", DetailOf(kept.status())}});
  return OkStatus();
}

void Appliance::Retire(std::shared_ptr<const Setup> old) {
  if (retiring_.joinable()) retiring_.join();
  retiring_ = std::thread([old = std::move(old)]() mutable { old.reset(); });
}

StatusOr<schemas::Inspection> Appliance::Inspect(const InputFile& file) const {
  const std::shared_ptr<const Setup> setup = Current();
  return schemas::InspectWithSchemas(
      file, {.catalog = setup->rules->catalog,
             .day = absl::FormatTime("%Y-%m-%d", clock_.Now(), absl::UTCTimeZone()),
             .use = schemas::BudgetUse::kReading,
             .open = schemas::OpenOptions{.virus_scan = setup->config.virus_scan}});
}

StatusOr<SignOrder> Appliance::Admit(const SignOrder& order) const {
  const std::shared_ptr<const Setup> setup = Current();
  const Config& config = setup->config;
  SignOrder admitted = order;
  if (order.certificates.empty()) {
    SCEAU_ASSIGN_OR_RETURN(const size_t key, setup->keys->Find(order.key));
    admitted.key = setup->keys->NameOf(key);
  }
  admitted.profile = Or(order.profile, order.detached ? kDetachedProfile : config.profile);
  SCEAU_RETURN_IF_ERROR(setup->profiles.Find(admitted.profile).status());
  // Enforced, the decision gives the role.
  if (!config.competence_enforced) admitted.role = Or(order.role, config.role);
  admitted.city = Or(order.city, config.city);
  admitted.postal_code = Or(order.postal_code, config.postal_code);
  admitted.country = Or(order.country, config.country);
  return admitted;
}

StatusOr<signer::SignatureParameters> Appliance::ParametersOf(const Setup& setup,
                                                              const SignOrder& order,
                                                              absl::Time signing_time) const {
  SCEAU_RETURN_IF_ERROR(clock_watch_.Check(clock_.Now()));
  signer::SignatureParameters parameters{.selection = order.selection,
                                         .role = order.role,
                                         .city = order.city,
                                         .postal_code = order.postal_code,
                                         .country = order.country,
                                         .set_dematerialisee = order.set_dematerialisee,
                                         .signing_time = signing_time,
                                         .rules = setup.rules};
  // Until the decision gives it (Competence::Found), which is before anything is made of it.
  if (setup.competence->enforced() && order.role.empty()) parameters.role = kRoleToBeFound;
  SCEAU_ASSIGN_OR_RETURN(parameters.profile, setup.profiles.Find(order.profile));
  return parameters;
}

StatusOr<std::optional<signer::DetachedTask>> Appliance::DetachedOf(const SignOrder& order,
                                                                    const InputFile& input,
                                                                    const InputFile* content) {
  std::optional<signer::DetachedTask> detached;
  if (!order.detached) return detached;
  SCEAU_ASSIGN_OR_RETURN(signer::DetachedTask task,
                         content == nullptr ? signer::DetachedTask::Of(Borrowed(input), order.name)
                                            : signer::DetachedTask::In(
                                                  Borrowed(input), Borrowed(*content), order.name));
  detached.emplace(std::move(task));
  return detached;
}

StatusOr<signer::Outcome> Appliance::Sign(const InputFile& input, const InputFile* content,
                                          const SignOrder& order, const SignWatch& watch,
                                          OutputFile& output, SigningEnd& end) {
  const std::shared_ptr<const Setup> setup = Current();
  SCEAU_ASSIGN_OR_RETURN(signer::SignatureParameters parameters,
                         ParametersOf(*setup, order, clock_.Now()));
  SCEAU_ASSIGN_OR_RETURN(const size_t slot, setup->keys->Find(order.key));
  SCEAU_ASSIGN_OR_RETURN(const std::shared_ptr<hsm::SigningKey> key,
                         setup->keys->Open(slot, watch.deadline));
  parameters.certificates = end.certificates = key->certificates();
  SCEAU_ASSIGN_OR_RETURN(const std::optional<signer::DetachedTask> detached,
                         DetachedOf(order, input, content));
  SCEAU_ASSIGN_OR_RETURN(signer::Prepared prepared, detached ? detached->Prepare(parameters)
                                                             : signer::Prepare(input, parameters));
  SCEAU_RETURN_IF_ERROR(RequireWithin(order.within, signer::SiretOf(prepared)));
  SCEAU_ASSIGN_OR_RETURN(Competence::Founding founding,
                         setup->competence->Found(prepared, order.role, clock_.Now(),
                                                  JustifyOf(*setup, input, prepared)));
  const signer::SignFunction sign = [&](const SignatureScheme& scheme,
                                        std::span<const std::string> messages,
                                        const signer::Made& made) -> Status {
    SCEAU_RETURN_IF_ERROR(founding.StillHolds(clock_.Now()));
    return key->SignAll(scheme, messages, watch.deadline, made);
  };
  end.role = founding.role();
  end.acts = founding.acts();
  end.justified = founding.justified();
  auto outcome = Finish(*setup, detached ? detached->Document() : input, std::move(prepared), sign,
                        watch, output);
  if (IsTokenGone(outcome.status())) setup->keys->Forget(slot, key);
  return outcome;
}

// With the signers' competence, where there is a register: one that cannot be read may hold what
// makes a verdict worse, so that there is none.
verifier::FileReport Appliance::Verify(const InputFile& file,
                                       verifier::VerifyOptions options) const {
  const std::shared_ptr<const Setup> setup = Current();
  options.attachments = true;
  verifier::FileReport report = verifier::Verify(file, "", options);
  if (!setup->competence->has_register()) return report;
  const auto facts = setup->competence->Current();
  const Status judged = facts.ok()
                            ? verifier::JudgeCompetence(file, **facts, lasting_.sent.get(), report)
                            : facts.status();
  if (judged.ok()) return report;
  verifier::FileReport refused;
  refused.sha256 = report.sha256;
  refused.kind = report.kind;
  refused.validation_time = report.validation_time;
  refused.refusal = judged;
  return refused;
}

verifier::VerifyOptions Appliance::ActJudgement() const {
  return VerifyOptionsOf(*Current()->trust->Current(), clock_.Now());
}

Competence::Justify Appliance::JustifyOf(const Setup& setup, const InputFile& input,
                                         const signer::Prepared& prepared) const {
  // Of any other document nothing travels with it.
  if (prepared.kind != schemas::Kind::kPesAller) return nullptr;
  return [this, &setup, &input, &prepared](policy::DocumentFacts& facts) -> Status {
    verifier::FileReport found;
    const std::shared_ptr<const Trust> trust = setup.trust->Current();
    SCEAU_RETURN_IF_ERROR(
        verifier::VerifyAttachments(input, VerifyOptionsOf(*trust, clock_.Now()), found));
    return verifier::AddJustifications(input, prepared.facts, found.attachments,
                                       lasting_.sent.get(), facts);
  };
}

SigningRecord Appliance::RecordOf(std::string_view call, const SignOrder& order,
                                  const std::string& request, const std::string& caller,
                                  const std::string& document) const {
  return {.request = request,
          .caller = caller,
          .call = std::string(call),
          .document = ToHex(document),
          .key = order.key,
          .profile = order.profile,
          .selection = NameOfSelection(order),
          .decision = Current()->competence->enforced() ? "enforced" : "not-enforced"};
}

StatusOr<signer::Outcome> Appliance::Recorded(std::string_view call, const SignOrder& order,
                                              const SignWatch& watch, const Work& work) {
  const SigningRecord record = RecordOf(call, order, watch.request, watch.caller, watch.document);
  const auto revocation = Current()->trust->Current()->revocation.given;
  SCEAU_RETURN_IF_ERROR(revocation_evidence_.Keep(revocation, {}).status());
  SCEAU_RETURN_IF_ERROR(journal_.Begin(record));
  const auto fail = [&](Status why) {
    if (why.ok() || journal_.Failed(record, why).ok()) return why;
    Log(LogLevel::kError, "audit", {{"request", record.request}, {"end", "lost"}});
    return why;
  };
  SigningEnd end;
  auto outcome = work(end);
  SCEAU_RETURN_IF_ERROR(fail(outcome.status()));
  auto kept = revocation_evidence_.Keep(revocation, end.certificates);
  SCEAU_RETURN_IF_ERROR(fail(kept.status()));
  end.revocation = *std::move(kept);
  end.released = outcome->sha256;
  end.signatures = outcome->elements.size();
  const std::string text = Journal::TextOf(record, end);
  SCEAU_RETURN_IF_ERROR(fail(watch.keep(*outcome, text)));
  SCEAU_RETURN_IF_ERROR(journal_.End(text));
  return outcome;
}

StatusOr<signer::Outcome> Appliance::Finish(const Setup& setup, const InputFile& input,
                                            signer::Prepared prepared,
                                            const signer::SignFunction& sign,
                                            const SignWatch& watch, OutputFile& output) {
  const signer::CompleteOptions options{
      .parallelism = setup.config.parallel_signatures,
      .progress = [&](const signer::Target& target, size_t done,
                      size_t total) { watch.progress(target.id, done, total); },
      .still_wanted = watch.still_wanted,
  };
  const schemas::SentDocuments sent = schemas::SentDocumentsOf(
      prepared.facts,
      setup.competence->enforced() ? signer::AttestedBy(prepared) : std::set<std::string>());
  auto outcome = signer::Complete(input, std::move(prepared), sign, options, output);
  // Nothing is released whose documents are not in the register.
  if (outcome.ok() && lasting_.sent != nullptr) {
    SCEAU_RETURN_IF_ERROR(lasting_.sent->Add(sent, outcome->sha256, clock_.Now()));
  }
  return outcome;
}

Engine Appliance::engine() {
  return {
      .inspect = [this](const InputFile& file) { return Inspect(file); },
      .verify =
          [this](const InputFile& file, const std::vector<Beside>& beside,
                 absl::Time validation_time) {
            const std::shared_ptr<const Trust> trust = Current()->trust->Current();
            std::vector<verifier::GivenContent> contents;
            for (const Beside& it : beside) contents.push_back({it.name, Borrowed(*it.file)});
            verifier::VerifyOptions options = VerifyOptionsOf(*trust, validation_time);
            options.contents = std::move(contents);
            return Verify(file, options);
          },
      .admit = [this](const SignOrder& order) { return Admit(order); },
      .sign =
          [this](const InputFile& input, const InputFile* content, const SignOrder& order,
                 const SignWatch& watch, OutputFile& output) {
            return Recorded("Sign", order, watch, [&](SigningEnd& end) {
              return Sign(input, content, order, watch, output, end);
            });
          },
      .prepare = [this](const InputFile& input, const SignOrder& order,
                        absl::Time time) { return PrepareForCard(input, order, time); },
      .complete =
          [this](const InputFile& input, const SignOrder& order, const CardSignatures& given,
                 const SignWatch& watch, OutputFile& output) {
            return Recorded("Complete", order, watch, [&](SigningEnd& end) {
              return CompleteFromCard(input, order, given, watch, output, end);
            });
          },
      .record_prepared =
          [this](const DeskEvent& it) {
            return journal_.Prepared(RecordOf("Prepare", it), it.preparation);
          },
      .record_refused =
          [this](const DeskEvent& it, const Status& why) {
            return journal_.Refused(RecordOf("Prepare", it), why);
          },
      .record_declined =
          [this](const DeskEvent& it, const std::string& reason) {
            return journal_.Declined(RecordOf("Complete", it), it.preparation, reason);
          },
      .record_end = [this](const std::string& end) { return journal_.End(end); },
      .record_access =
          [this](const AccessChange& it) {
            return journal_.Note({{"kind", "ACCESS"},
                                  {"who", it.who.empty() ? "configuration" : it.who},
                                  {"change", it.change},
                                  {"collectivite", it.collectivite},
                                  {"caller", it.caller},
                                  {"reason", it.reason}});
          },
      .delegations = &delegations_,
  };
}

}  // namespace sceau::server
