// sceau delegation explain: may this certificate sign this file, now or then? Nothing is signed.
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/file.h"
#include "base/strings.h"
#include "delegations/explain.h"
#include "policy/instant.h"
#include "policy/register_file.h"
#include "tools/client/delegation.h"
#include "tools/sceau/certificate_file.h"
#include "tools/sceau/console.h"
#include "tools/sceau/delegation_judgement.h"
#include "tools/sceau/delegation_verbs.h"
#include "tools/sceau/display.h"
#include "tools/sceau/local_key.h"
#include "tools/sceau/schema_folder.h"

namespace sceau::cli {
namespace {

using delegations::Explained;
using delegations::Explanation;
using delegations::Question;
using policy::Decision;

struct Options {
  RegisterOptions where;
  std::string file, certificate, at;
  std::string key, pin_source;
  std::vector<std::string> bordereaux, trust;
  bool whole = false;
};

// DER.
StatusOr<std::string> SignerOf(const Options& options, const Config& config, Lang lang) {
  if (!options.certificate.empty()) {
    SCEAU_ASSIGN_OR_RETURN(const auto all, ReadCertificates(options.certificate));
    return all.front();
  }
  const std::string& uri = options.key.empty() ? config.key : options.key;
  const std::string& pin = options.pin_source.empty() ? config.pin_source : options.pin_source;
  SCEAU_ASSIGN_OR_RETURN(LocalKey key, LocalKey::Find(TokensOf(config), uri, pin, lang));
  SCEAU_ASSIGN_OR_RETURN(const auto chain, key.Certificates());
  return chain.front();
}

Json FindingsJson(const Decision& decision, Lang lang) {
  Json findings = Json::array();
  for (const policy::Finding& it : decision.findings) {
    findings.push_back({{"code", policy::NameOf(it.code)},
                        {"element", NullIfEmpty(it.element)},
                        {"act", NullIfEmpty(it.act)},
                        {"detail", NullIfEmpty(it.detail)},
                        {"text", policy::SentenceOf(it.code).In(lang)}});
  }
  return findings;
}

Json DecisionJson(const Decision& decision, Lang lang) {
  return {{"answer", policy::NameOf(decision.answer)},
          {"person", NullIfEmpty(decision.person)},
          {"role", NullIfEmpty(decision.role)},
          {"reasons", FindingsJson(decision, lang)}};
}

void WriteJson(const Options& options, const Explanation& it, Lang lang, const TextSink& sink) {
  JsonStream json(sink);
  json.Field("file", options.file);
  json.Field("sha256", it.sha256);
  json.Field("signer", it.subject);
  json.Field("at", policy::WriteInstant(it.at));
  json.BeginArray("elements");
  for (const Explained& element : it.elements) {
    json.Element({{"scope", element.of.empty() ? "WHOLE" : "BORDEREAU"},
                  {"of", NullIfEmpty(element.of)},
                  {"knownNow", DecisionJson(element.known_now, lang)},
                  {"knownThen", DecisionJson(element.known_then, lang)}});
  }
  json.EndArray();
  json.Finish();
}

struct AnswerWords {
  policy::Answer answer;
  Text words;
};
constexpr AnswerWords kAnswers[] = {
    {policy::Answer::kDenied, {"non", "no"}},
    {policy::Answer::kJustificationRequired,
     {"avec une justification, qui manque", "with a justification, which is missing"}},
    {policy::Answer::kPermitted, {"oui", "yes"}}};

std::string DecisionText(const Text& known, const Decision& decision, Lang lang) {
  std::string text = Concat("  ", known.In(lang));
  for (const AnswerWords& it : kAnswers) {
    if (it.answer == decision.answer) AppendTo(text, it.words.In(lang));
  }
  AppendTo(text, " [", policy::NameOf(decision.answer), "]\n");
  for (const policy::Finding& it : decision.findings) {
    AppendTo(text, "    ", policy::NameOf(it.code), lang == Lang::kFr ? " : " : ": ",
             policy::SentenceOf(it.code).In(lang));
    for (const std::string* part : {&it.element, &it.act, &it.detail}) {
      if (!part->empty()) AppendTo(text, " [", Printable(*part), "]");
    }
    text += "\n";
  }
  return text;
}

void WriteText(const Explanation& it, Lang lang, const TextSink& sink) {
  sink(Concat(Printable(it.subject), ", ", policy::WriteInstant(it.at), "\n"));
  for (const Explained& element : it.elements) {
    sink(element.of.empty() ? Concat(Text{"Fichier entier", "Whole file"}.In(lang), "\n")
                            : Concat("Bordereau ", Printable(element.of), "\n"));
    sink(DecisionText({"par ce qui est su maintenant : ", "by what is known now: "},
                      element.known_now, lang));
    sink(DecisionText({"par ce qui était su alors : ", "by what was known then: "},
                      element.known_then, lang));
  }
}

StatusOr<Explanation> ExplainHere(const Options& options, const Config& config,
                                  const InputFile& input, Question question) {
  SCEAU_ASSIGN_OR_RETURN(const std::string path, RegisterPathOf(options.where.path, config));
  SCEAU_ASSIGN_OR_RETURN(const auto facts, policy::ReadRegisterFile(path));
  if (!options.at.empty()) {
    SCEAU_ASSIGN_OR_RETURN(question.at, ParseRegisterTime("--at", options.at, *facts));
  }
  SCEAU_ASSIGN_OR_RETURN(const auto judgement, ActJudgement(options.trust, config));
  SCEAU_ASSIGN_OR_RETURN(const auto sent, SentRegisterOf(config));
  return delegations::Explain(input, question, {*facts, judgement, sent.get()}, absl::Now());
}

// By the register of the service, which judges what travels with the file by its own anchors.
StatusOr<Explanation> ExplainThere(const Options& options, const Config& config,
                                   const InputFile& input, Question question) {
  if (!options.trust.empty()) return Error(Reason::kUsage, "--trust --server");
  SCEAU_ASSIGN_OR_RETURN(const client::Options service, ServiceOf(options.where, config));
  if (!options.at.empty()) {
    SCEAU_ASSIGN_OR_RETURN(question.at, ParseTime("--at", options.at));
  }
  return client::Explain(service, input, question);
}

StatusOr<int> Explain(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(options.file, config.max_size));
  Question question{.certificate = {},
                    .bordereaux = options.bordereaux,
                    .whole = options.whole,
                    .at = std::nullopt};
  SCEAU_ASSIGN_OR_RETURN(question.certificate, SignerOf(options, config, command.lang));
  SCEAU_ASSIGN_OR_RETURN(const Explanation it,
                         options.where.server.given()
                             ? ExplainThere(options, config, input, std::move(question))
                             : ExplainHere(options, config, input, std::move(question)));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (command.json) {
      WriteJson(options, it, command.lang, sink);
    } else {
      WriteText(it, command.lang, sink);
    }
  }));
  return 0;
}

}  // namespace

void AddDelegationExplain(CLI::App& group, Command& command) {
  CLI::App* verb = AddVerb(
      group, command, "explain",
      {"Ce signataire peut-il signer ce fichier, maintenant ou alors, et pourquoi ? Rien n'est signé",
       "May this signer sign this file, now or then, and why? Nothing is signed"},
      {"sceau delegation explain flux.xml --cert adjoint.pem --register registre.jsonl",
       "sceau delegation explain file.xml --cert deputy.pem --register register.jsonl"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->file,
          {"Fichier (- : entrée standard)", "File (-: standard input)"});
  AddRegister(verb, command, options->where);
  AddValue(verb, command, "--cert", options->certificate, {"PEM|DER", "PEM|DER"},
           {"Certificat du signataire", "The signer's certificate"});
  AddValue(verb, command, "--key", options->key, {"URI", "URI"},
           {"Sinon, clé d'un jeton (URI PKCS#11) dont on prend le certificat",
            "Else a token's key (PKCS#11 URI), whose certificate is taken"});
  AddValue(verb, command, "--pin-source", options->pin_source, {"FICHIER", "FILE"},
           {"Fichier du code PIN, si le jeton cache ses certificats",
            "File of the PIN, where the token hides its certificates"});
  AddValue(verb, command, "--bordereau", options->bordereaux, {"REF", "REF"},
           {"Ce bordereau (répétable ; tous par défaut)", "This bordereau (repeatable; default all)"})
      ->allow_extra_args(false);
  AddFlag(verb, command, "--whole", options->whole, {"Le fichier entier", "The whole file"});
  AddValue(verb, command, "--trust", options->trust, {"PEM|DOSSIER", "PEM|FOLDER"},
           {"Autorités de confiance pour les signatures des pièces justificatives (répétable ; "
            "remplace celles de la configuration)",
            "Trusted authorities for signatures of supporting documents (repeatable; replaces the "
            "configuration's)"})
      ->allow_extra_args(false);
  AddValue(verb, command, "--at", options->at, {"INSTANT|JOUR", "TIME|DAY"},
           {"Instant jugé (maintenant par défaut)", "Instant that is judged (default now)"});
  AddJson(verb, command);
  OnCall(verb, command, options, Explain);
}

}  // namespace sceau::cli
