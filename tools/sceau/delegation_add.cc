// sceau delegation add: one record into the register of competences.
#include <charconv>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/strings.h"
#include "delegations/change.h"
#include "policy/record_json.h"
#include "policy/register_file.h"
#include "tools/client/delegation.h"
#include "tools/sceau/certificate_file.h"
#include "tools/sceau/console.h"
#include "tools/sceau/delegation_judgement.h"
#include "tools/sceau/delegation_text.h"
#include "tools/sceau/delegation_verbs.h"
#include "tools/sceau/display.h"
#include "xades/certificate.h"

namespace sceau::cli {
namespace {

using policy::FieldForm;
using policy::Record;
using policy::Register;

struct Options {
  RegisterOptions where;
  std::string type, record, certificate;
  std::vector<std::string> fields;  // NAME=VALUE
  std::string act, signature;
  std::vector<std::string> trust;
  bool strict = false;
};

Status WrongField(std::string_view field) {
  return Error(Reason::kUsage, Concat("FIELD=VALUE: ", field));
}

// A value as the text of the command line gives it.
StatusOr<Json> ValueOf(FieldForm form, const std::string& text, const std::string& field) {
  if (form == FieldForm::kFlag) {
    if (text == "true" || text == "false") return Json(text == "true");
    return WrongField(field);
  }
  if (form == FieldForm::kNumber) {
    int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end) return WrongField(field);
    return Json(number);
  }
  if (form == FieldForm::kNested) {
    Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return WrongField(field);
    return json;
  }
  return Json(text);
}

// Adds NAME=VALUE; a name of a list may come again.
Status SetField(const std::vector<policy::Field>& known, const std::string& field, Json& json) {
  const size_t equals = field.find('=');
  if (equals == std::string::npos) return WrongField(field);
  const std::string name = field.substr(0, equals), value = field.substr(equals + 1);
  for (const policy::Field& it : known) {
    if (it.name != name || name == "act_verified") continue;
    if (it.form == FieldForm::kTexts) {
      json[name].push_back(value);
      return OkStatus();
    }
    if (json.contains(name)) return WrongField(field);
    SCEAU_ASSIGN_OR_RETURN(json[name], ValueOf(it.form, value, field));
    return OkStatus();
  }
  return WrongField(field);
}

Status SetCertificate(const std::string& path, Json& json) {
  SCEAU_ASSIGN_OR_RETURN(const auto all, ReadCertificates(path));
  if (all.size() != 1) return Error(Reason::kInputUnreadable, path);
  SCEAU_ASSIGN_OR_RETURN(const auto certificate, xades::Certificate::FromDer(all.front()));
  json["issuer"] = certificate.Issuer();
  json["serial"] = certificate.SerialDecimal();
  json["key_sha256"] = certificate.KeySha256();
  return OkStatus();
}

std::string TextIn(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

StatusOr<Json> Describe(const Options& options) {
  Json json = Json::object();
  if (!options.record.empty()) {
    SCEAU_ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(options.record));
    json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return Error(Reason::kDelegationInvalid, "JSON");
  }
  json.erase("act_verified");
  const std::string otherwise = options.type.empty() ? "delegation" : options.type;
  if (!json.contains("type")) json["type"] = otherwise;
  const std::string type = TextIn(json, "type");
  if (!options.type.empty() && type != options.type) return Error(Reason::kUsage, "--type");
  const auto known = policy::FieldsOf(type);
  if (known.empty()) return Error(Reason::kUsage, Concat("--type ", type));
  for (const std::string& field : options.fields) {
    SCEAU_RETURN_IF_ERROR(SetField(known, field, json));
  }
  if (!options.certificate.empty()) {
    if (type != "certificate") return Error(Reason::kUsage, "--certificate");
    SCEAU_RETURN_IF_ERROR(SetCertificate(options.certificate, json));
  }
  return json;
}

StatusOr<std::shared_ptr<const Register>> ReadOrEmpty(const std::string& path) {
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  return there || error ? policy::ReadRegisterFile(path) : Register::Make({});
}

// What was added, and how its act stands.
struct Done {
  Record record;
  delegations::ActState act = delegations::ActState::kNone;
  std::string act_sha256;
};

StatusOr<Done> AddHere(const Options& options, const Config& config, Json json) {
  SCEAU_ASSIGN_OR_RETURN(const std::string path, RegisterPathOf(options.where.path, config));
  SCEAU_ASSIGN_OR_RETURN(const auto facts, ReadOrEmpty(path));
  SCEAU_ASSIGN_OR_RETURN(const OpenAct act,
                         OpenAct::Open(options.act, options.signature, config.max_size));
  verifier::VerifyOptions judgement;
  if (!options.act.empty()) {
    SCEAU_ASSIGN_OR_RETURN(judgement, ActJudgement(options.trust, config));
  }
  SCEAU_ASSIGN_OR_RETURN(delegations::Added added,
                         delegations::MakeRecord(std::move(json), act.files(), options.strict,
                                                 *facts, judgement, absl::Now()));
  SCEAU_RETURN_IF_ERROR(policy::AppendToRegisterFile(path, {added.record}).status());
  return Done{std::move(added.record), added.act.state, added.act.sha256};
}

// The service judges the act by its own anchors.
StatusOr<Done> AddThere(const Options& options, const Config& config, const Json& json) {
  if (!options.trust.empty()) return Error(Reason::kUsage, "--trust --server");
  SCEAU_ASSIGN_OR_RETURN(const client::Options service, ServiceOf(options.where, config));
  SCEAU_ASSIGN_OR_RETURN(const client::SignedAct act, ReadAct(options.act, options.signature));
  SCEAU_ASSIGN_OR_RETURN(client::AddedEntry added,
                         client::AddRecord(service, json.dump(), act, options.strict));
  Done done{std::move(added.entry.record), delegations::ActState::kNone, {}};
  const auto state = delegations::ActStateNamed(added.act_state);
  if (!state) return Error(Reason::kAnswerIncomplete, added.act_state);
  done.act = *state;
  if (!act.act.empty()) done.act_sha256 = ToHex(DigestOf(DigestAlgorithm::kSha256, act.act));
  return done;
}

StatusOr<int> Add(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(Json json, Describe(options));
  SCEAU_ASSIGN_OR_RETURN(const Done done, options.where.server.given()
                                              ? AddThere(options, config, json)
                                              : AddHere(options, config, std::move(json)));
  const bool delegation = std::holds_alternative<policy::Delegation>(done.record.body);
  if (!command.json) {
    std::string said =
        Concat(command.In({"Enregistré : ", "Recorded: "}), Printable(done.record.id));
    if (delegation) AppendTo(said, " (", TextOf(done.act).In(command.lang), ")");
    Console(command.lang).Say(said);
    return 0;
  }
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    JsonStream out(sink);
    out.Field("added", RecordJson(done.record));
    if (delegation) {
      out.Field("act", Json{{"sha256", NullIfEmpty(done.act_sha256)},
                            {"state", delegations::NameOf(done.act)}});
    }
    out.Finish();
  }));
  return 0;
}

std::string TypesText() {
  std::string text;
  for (const std::string_view name : policy::TypeNames()) {
    AppendTo(text, text.empty() ? "" : ", ", name);
  }
  return text;
}

void AddActOptions(CLI::App* verb, const Command& command, Options& options) {
  AddValue(verb, command, "--act", options.act, {"FICHIER", "FILE"},
           {"Acte de délégation : son empreinte est gardée, sa signature jugée",
            "Act of delegation: its digest is kept, its signature judged"});
  AddValue(verb, command, "--act-signature", options.signature, {"FICHIER", "FILE"},
           {"Signature XML de l'acte, à côté de lui", "XML signature of the act, beside it"})
      ->needs("--act");
  AddValue(verb, command, "--trust", options.trust, {"PEM|DOSSIER", "PEM|FOLDER"},
           {"Autorités de confiance (répétable ; remplace celles de la configuration)",
            "Trusted authorities (repeatable; replaces the configuration's)"})
      ->allow_extra_args(false);
  AddFlag(verb, command, "--strict", options.strict,
          {"Refuse un acte que le délégant n'a pas valablement signé",
           "Refuses an act that the delegator did not validly sign"});
}

}  // namespace

void AddDelegationAdd(CLI::App& group, Command& command) {
  CLI::App* verb = AddVerb(
      group, command, "add",
      {"Ajoute un enregistrement ; les champs sont ceux de docs/competence.md",
       "Adds a record; the fields are those of docs/competence.md"},
      {"sceau delegation add --register registre.jsonl --act arrete.pdf "
       "reference='arrêté n° 2026-12' signed_at=2026-03-01 published_at=2026-03-02 "
       "transmitted_at=2026-03-02 delegator_office=maire delegate=adjointe matters=depense "
       "powers=service-fait",
       "sceau delegation add --register register.jsonl --act act.pdf "
       "reference='arrêté n° 2026-12' signed_at=2026-03-01 published_at=2026-03-02 "
       "transmitted_at=2026-03-02 delegator_office=maire delegate=adjointe matters=depense "
       "powers=service-fait"});
  auto options = std::make_shared<Options>();
  verb->add_option("FIELDS", options->fields,
                   std::string(command.In({"CHAMP=VALEUR ; répété pour une liste",
                                           "FIELD=VALUE; repeated for a list"})))
      ->type_name("");
  AddRegister(verb, command, options->where);
  const std::string types = TypesText();
  AddValue(verb, command, "--type", options->type, {"TYPE", "TYPE"},
           {Concat("Type (delegation par défaut) : ", types),
            Concat("Type (default delegation): ", types)});
  AddValue(verb, command, "--record", options->record, {"JSON", "JSON"},
           {"Fichier d'un enregistrement ; CHAMP=VALEUR le complète",
            "File of a record; FIELD=VALUE completes it"});
  AddValue(verb, command, "--certificate", options->certificate, {"PEM|DER", "PEM|DER"},
           {"Avec --type certificate : en prend l'émetteur, le numéro et la clé",
            "With --type certificate: takes issuer, serial and key from it"});
  AddActOptions(verb, command, *options);
  AddJson(verb, command);
  OnCall(verb, command, options, Add);
}

}  // namespace sceau::cli
