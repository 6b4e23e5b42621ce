// sceau budget seal: makes or checks the TotEM seal of a budget act.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/clock.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "schemas/seal_file.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/display.h"

namespace sceau::cli {
namespace {

using schemas::Seal;
using schemas::SealState;

struct Options {
  std::string file;
  std::string output;
  bool check = false, force = false;
};

struct StateShown {
  SealState state;
  int exit_code;  // of --check
  Text text;
};
constexpr StateShown kStates[] = {
    {SealState::kAbsent, 3, {"il n'y a pas de scellement", "there is no seal"}},
    {SealState::kHolds, 0, {"le scellement correspond", "the seal holds"}},
    {SealState::kHoldsWithoutSignatures,
     0,
     {"le scellement correspond au document d'avant sa signature",
      "the seal holds for the document before it was signed"}},
    {SealState::kBroken,
     1,
     {"le scellement ne correspond pas : le document a changé",
      "the seal does not hold: the document changed"}}};

const StateShown& ShownOf(SealState state) {
  for (const StateShown& it : kStates) {
    if (it.state == state) return it;
  }
  return kStates[0];
}

Json DigestsJson(const schemas::SealDigests& digests) {
  return {{"md5", NullIfEmpty(digests.md5)}, {"sha1", NullIfEmpty(digests.sha1)}};
}

void WriteSealJson(const Seal& seal, JsonStream& json) {
  json.Field("state", NameOf(seal.state));
  json.Field("date", NullIfEmpty(seal.date));
  json.Field("stated", DigestsJson(seal.stated));
  json.Field("computed", DigestsJson(seal.computed));
  json.Field("computedWithoutSignatures", DigestsJson(seal.computed_without_signatures));
  json.Field("line", NullIfUnknown(seal.line));
}

std::string SealText(const std::string& file, const Seal& seal, Lang lang) {
  std::string out = Concat(Printable(file), lang == Lang::kFr ? " : " : ": ",
                           ShownOf(seal.state).text.In(lang), " [", NameOf(seal.state), "]\n");
  if (seal.count > 0) {
    AppendTo(out, "  MD5 ", Printable(seal.stated.md5), "\n  SHA-1 ", Printable(seal.stated.sha1),
             "\n  Date ", Printable(seal.date), "\n");
  }
  return out;
}

StatusOr<int> Check(const Options& options, const Config& config, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(options.file, config.max_size));
  SCEAU_ASSIGN_OR_RETURN(const Seal seal, schemas::ReadSeal(input));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (!command.json) return sink(SealText(options.file, seal, command.lang));
    JsonStream json(sink);
    WriteSealJson(seal, json);
    json.Finish();
  }));
  return ShownOf(seal.state).exit_code;
}

StatusOr<int> Make(const Options& options, const Config& config, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(options.file, config.max_size));
  SCEAU_ASSIGN_OR_RETURN(OutputFile output, OutputFile::Create(options.output, options.force));
  SCEAU_ASSIGN_OR_RETURN(const schemas::Sealed sealed,
                         schemas::WriteSeal(input, absl::Now(), output));
  SCEAU_ASSIGN_OR_RETURN(const InputFile written, output.Reread());
  SCEAU_ASSIGN_OR_RETURN(
      const std::string inserted,
      written.Slice(sealed.edit.output_offset, static_cast<size_t>(sealed.edit.inserted_size)));
  SCEAU_RETURN_IF_ERROR(output.Publish());
  if (!command.json) {
    Console(command.lang).Say(Concat(SealText(options.output, sealed.seal, command.lang)));
    return 0;
  }
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    JsonStream json(sink);
    json.Field("output", options.output);
    WriteSealJson(sealed.seal, json);
    json.BeginArray("edits");
    json.Element({{"offset", sealed.edit.offset},
                  {"removed", ToBase64(sealed.edit.removed)},
                  {"inserted", ToBase64(inserted)}});
    json.EndArray();
    json.Finish();
  }));
  return 0;
}

StatusOr<int> SealVerb(const Options& options, const Command& command) {
  if (options.check != options.output.empty()) return Error(Reason::kUsage, "-o | --check");
  if (command.json && options.output == "-") return Error(Reason::kUsage, "--json -o -");
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  return options.check ? Check(options, config, command) : Make(options, config, command);
}

}  // namespace

void AddBudget(CLI::App& app, Command& command) {
  CLI::App* group =
      app.add_subcommand("budget", std::string(command.In({"Actes budgétaires : sceau budget seal",
                                                           "Budget acts: sceau budget seal"})));
  group->require_subcommand(1);
  CLI::App* verb = AddVerb(*group, command, "seal",
                           {"Scelle un acte budgétaire (scellement de TotEM), ou vérifie son "
                            "scellement : code 0 s'il correspond, 1 sinon, 3 s'il n'y en a pas",
                            "Seals a budget act (TotEM's seal), or checks its seal: code 0 when it "
                            "holds, 1 when it does not, 3 when there is none"},
                           {"sceau budget seal budget.xml -o budget-scelle.xml",
                            "sceau budget seal budget.xml -o sealed.xml"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->file,
          {"Acte budgétaire (- : entrée standard)", "Budget act (-: standard input)"});
  AddValue(verb, command, "-o,--output", options->output, {"FICHIER", "FILE"},
           {"Acte scellé (- : sortie standard)", "Sealed act (-: standard output)"});
  AddFlag(verb, command, "--check", options->check,
          {"Vérifie le scellement, n'écrit rien", "Checks the seal, writes nothing"});
  AddFlag(verb, command, "--force", options->force,
          {"Remplace un fichier de sortie existant", "Replaces an existing output file"});
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return SealVerb(*options, command); };
  });
}

}  // namespace sceau::cli
