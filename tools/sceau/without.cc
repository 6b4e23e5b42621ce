// sceau pes without: a new file without the pieces that were refused, or that are named.
#include "schemas/without.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/strings.h"
#include "schemas/acquit_json.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/display.h"
#include "tools/sceau/pes_verbs.h"

namespace sceau::cli {
namespace {

using schemas::Why;
using schemas::Without;

struct Options {
  std::string file, acquit, output, name;
  std::vector<std::string> pieces;
  bool omit_accepted = false, force = false;
};

constexpr Text kWhys[] = {{"gardée", "kept"},
                          {"désignée", "named"},
                          {"rejetée", "rejected"},
                          {"déjà intégrée", "already taken in"},
                          {"n'est plus utilisée", "no longer used"}};

void WriteWithoutJson(const std::string& output, const Without& it, JsonStream& json) {
  json.Field("output", output);
  json.Field("sha256", it.sha256);
  json.Field("size", it.size);
  json.Field("fileName", {{"from", it.old_file_name}, {"to", it.file_name}});
  json.BeginArray("pieces");
  for (const Without::Piece& piece : it.pieces) {
    json.Element({{"bordereau", piece.bordereau},
                  {"piece", piece.number},
                  {"why", NameOf(piece.why)},
                  {"line", NullIfUnknown(piece.place.line)},
                  {"errors", schemas::ErrorsJson(piece.errors)}});
  }
  json.EndArray();
  json.Field("bordereaux", it.bordereaux);
  json.BeginArray("piecesJustificatives");
  for (const Without::Document& document : it.documents) {
    json.Element({{"id", document.id},
                  {"name", document.name},
                  {"why", NameOf(document.why)},
                  {"stillReferenced", document.still_referenced},
                  {"errors", schemas::ErrorsJson(document.errors)}});
  }
  json.EndArray();
  json.BeginArray("mended");
  for (const Without::Mended& mended : it.mended) {
    json.Element({{"bordereau", mended.bordereau},
                  {"element", mended.element},
                  {"from", mended.from},
                  {"to", mended.to}});
  }
  json.EndArray();
  json.BeginArray("signaturesDropped");
  for (const Without::Dropped& dropped : it.signatures) {
    json.Element({{"scope", NameOf(dropped.scope)}, {"of", dropped.of}});
  }
  json.EndArray();
  json.Field("cumulativeAmountsToReview", it.cumulative_after);
  json.Field("notInTheFile", it.strangers);
}

class Writer {
 public:
  Writer(const Without& it, Lang lang) : it_(it), lang_(lang) {}

  std::string Write(const std::string& output) {
    Line(Printable(output), In(" : NomFic ", ": NomFic "), Printable(it_.file_name),
         In(" (au lieu de ", " (instead of "), Printable(it_.old_file_name), ")");
    for (const Without::Piece& piece : it_.pieces) {
      Line(In("  sans la pièce ", "  without the piece "), Printable(piece.bordereau), "/",
           Printable(piece.number), " : ", WhyText(piece.why));
      Errors(piece.errors);
    }
    for (const std::string& name : it_.bordereaux) {
      Line(In("  sans le bordereau ", "  without the bordereau "), Printable(name),
           In(" : il n'en reste aucune pièce", ": no piece of it is left"));
    }
    for (const Without::Document& document : it_.documents) {
      Line(In("  sans la pièce justificative ", "  without the supporting document "),
           Printable(document.id), " (", Printable(document.name), ") : ", WhyText(document.why),
           document.still_referenced
               ? In(" ; une pièce gardée y renvoie encore", "; a piece that stays refers to it")
               : std::string_view());
      Errors(document.errors);
    }
    for (const Without::Mended& mended : it_.mended) {
      Line("  ", Printable(mended.bordereau), In(" : ", ": "), mended.element, " ",
           Printable(mended.from), " -> ", mended.to);
    }
    for (const Without::Dropped& dropped : it_.signatures) {
      Line(In("  signature retirée : ", "  signature dropped: "), NameOf(dropped.scope), " ",
           Printable(dropped.of));
    }
    for (const std::string& name : it_.cumulative_after) {
      Line(In("  à revoir : le MtCumulAnnuel de ", "  to review: the MtCumulAnnuel of "),
           Printable(name),
           In(" compte encore ce qui est retiré avant lui",
              " still counts what is left out before it"));
    }
    for (const std::string& name : it_.strangers) {
      Line(In("  l'acquit nomme ", "  the acknowledgement names "), Printable(name),
           In(", qui n'est pas dans le fichier", ", which is not in the file"));
    }
    return std::move(out_);
  }

 private:
  std::string_view In(std::string_view fr, std::string_view en) const {
    return Text{fr, en}.In(lang_);
  }
  std::string_view WhyText(Why why) const { return kWhys[static_cast<size_t>(why)].In(lang_); }
  template <typename... T>
  void Line(const T&... pieces) {
    AppendTo(out_, pieces..., "\n");
  }
  void Errors(const std::vector<schemas::AcquitError>& errors) {
    for (const schemas::AcquitError& it : errors) {
      Line("      ",
           it.line.empty() ? "" : Concat(In("ligne ", "line "), Printable(it.line), " : "),
           Printable(it.code), " ", Printable(it.text));
    }
  }

  const Without& it_;
  const Lang lang_;
  std::string out_;
};

StatusOr<int> RunWithout(const Options& options, const Command& command) {
  if (options.output.empty()) return Error(Reason::kUsage, "-o");
  if (options.acquit.empty() && options.pieces.empty()) {
    return Error(Reason::kUsage, "--acquit | --piece");
  }
  if (options.omit_accepted && options.acquit.empty()) {
    return Error(Reason::kUsage, "--omit-accepted (--acquit)");
  }
  if (command.json && options.output == "-") return Error(Reason::kUsage, "--json -o -");
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(options.file, config.max_size));
  std::optional<schemas::Acquit> acquit;
  if (!options.acquit.empty()) {
    SCEAU_ASSIGN_OR_RETURN(const InputFile answer,
                           InputFile::Open(options.acquit, config.max_size));
    SCEAU_ASSIGN_OR_RETURN(acquit, schemas::ReadAcquit(answer));
  }
  const schemas::WithoutOptions with{.acquit = acquit ? &*acquit : nullptr,
                                     .pieces = options.pieces,
                                     .omit_accepted = options.omit_accepted,
                                     .file_name = options.name};
  SCEAU_ASSIGN_OR_RETURN(OutputFile output, OutputFile::Create(options.output, options.force));
  SCEAU_ASSIGN_OR_RETURN(const Without done, schemas::WriteWithout(input, with, output));
  SCEAU_RETURN_IF_ERROR(output.Publish());
  if (!command.json) {
    Console(command.lang).Say(Writer(done, command.lang).Write(options.output));
    return 0;
  }
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    JsonStream json(sink);
    WriteWithoutJson(options.output, done, json);
    json.Finish();
  }));
  return 0;
}

}  // namespace

void AddWithout(CLI::App& group, Command& command) {
  CLI::App* verb = AddVerb(
      group, command, "without",
      {"Le même fichier PES sans les pièces rejetées ; tout le reste est gardé, octet par octet",
       "The same PES file without the pieces rejected; all the rest is kept, byte by byte"},
      {"sceau pes without flux.xml --acquit acquit.xml -o reprise.xml",
       "sceau pes without file.xml --acquit acquit.xml -o again.xml"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->file,
          {"Fichier PES transmis (- : entrée standard)", "PES file sent (-: standard input)"});
  AddValue(verb, command, "--acquit", options->acquit, {"ACQUIT", "ACQUIT"},
           {"Acquit du comptable (PES_ACQUIT) pour ce fichier",
            "The accountant's acknowledgement (PES_ACQUIT) of this file"});
  AddValue(verb, command, "--piece", options->pieces, {"BORD/PIÈCE", "BORD/PIECE"},
           {"Cette pièce : bordereau (Id, référence ou numéro), barre, IdPce (répétable)",
            "This piece: bordereau (Id, reference or number), slash, IdPce (repeatable)"})
      ->allow_extra_args(false);
  AddFlag(verb, command, "--omit-accepted", options->omit_accepted,
          {"Aussi sans ce que l'acquit dit intégré",
           "Also without what the acknowledgement says was taken in"});
  AddValue(verb, command, "--name", options->name, {"NOM", "NAME"},
           {"Nouveau NomFic (sinon l'ancien, suivi de -R1, -R2...)",
            "New NomFic (else the old one, followed by -R1, -R2...)"});
  AddValue(verb, command, "-o,--output", options->output, {"FICHIER", "FILE"},
           {"Fichier à écrire (- : sortie standard)", "File to write (-: standard output)"});
  AddFlag(verb, command, "--force", options->force,
          {"Remplace un fichier de sortie existant", "Replaces an existing output file"});
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return RunWithout(*options, command); };
  });
}

}  // namespace sceau::cli
