// sceau-gen: writes a valid PES V2 file of any size from a seed.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/lang.h"
#include "base/status.h"
#include "base/strings.h"
#include "tools/gen/acquit.h"
#include "tools/gen/generator.h"

namespace sceau::gen {
namespace {

struct Options {
  PesSpec spec;
  bool acquit = false;  // the acknowledgement, not the file
  std::vector<std::string> refusals;
  std::string output;
  bool force = false;
  Lang lang = Lang::kFr;
};

constexpr Text kAbout = {
    "Écrit un fichier PES V2 valide, de n'importe quelle taille, à partir d'une graine : la même "
    "graine et les mêmes options donnent les mêmes octets.",
    "Writes a valid PES V2 file of any size from a seed: the same seed and options give the same "
    "bytes."};

constexpr Text kExamples = {
    "Exemples :\n"
    "  sceau-gen --preset demo -o demo.xml\n"
    "  sceau-gen --seed 7 --depense 100 --recette 20 --pieces 50 -o mandats.xml\n"
    "  sceau-gen --attachments 10 --attachment-size 11MB -o 150-mo.xml\n"
    "  sceau-gen --encoding utf-8 --bom --line-end crlf --oddities -o bizarre.xml\n"
    "  sceau-gen --preset demo -o - | xmllint --noout -\n",
    "Examples:\n"
    "  sceau-gen --preset demo -o demo.xml\n"
    "  sceau-gen --seed 7 --depense 100 --recette 20 --pieces 50 -o mandats.xml\n"
    "  sceau-gen --attachments 10 --attachment-size 11MB -o 150-mb.xml\n"
    "  sceau-gen --encoding utf-8 --bom --line-end crlf --oddities -o odd.xml\n"
    "  sceau-gen --preset demo -o - | xmllint --noout -\n"};

// The language decides the very help, so it is read before the rest.
Lang LangOf(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--lang=en") return Lang::kEn;
    if (argument == "--lang" && i + 1 < argc && std::string_view(argv[i + 1]) == "en") {
      return Lang::kEn;
    }
  }
  return Lang::kFr;
}

// Declares the options in one language.
class Declarations {
 public:
  Declarations(CLI::App& app, Lang lang) : app_(app), lang_(lang) {}

  template <typename T>
  CLI::Option* Number(const std::string& name, T& target, const Text& text) {
    return app_.add_option(name, target, std::string(text.In(lang_)))->type_name("N");
  }

  void Flag(const std::string& name, bool& target, bool value, const Text& text) {
    app_.add_flag_callback(
        name, [&target, value] { target = value; }, std::string(text.In(lang_)));
  }

  template <typename T>
  void Choice(const std::string& name, T& target, const std::map<std::string, T>& values,
              const Text& text) {
    std::string names;
    for (const auto& [value, unused] : values) AppendTo(names, names.empty() ? "" : "|", value);
    app_.add_option_function<std::string>(
            name,
            [&target, values, name, names](const std::string& value) {
              const auto found = values.find(value);
              if (found == values.end()) throw CLI::ValidationError(name, names);
              target = found->second;
            },
            std::string(text.In(lang_)))
        ->type_name(names);
  }

 private:
  CLI::App& app_;
  Lang lang_;
};

void DeclareContent(Declarations& declare, PesSpec& spec) {
  // First: the options after it refine the preset, whatever their order on the command line.
  declare.Choice("--preset", spec, {{"demo", DemoSpec()}},
                 {"Un jeu d'options tout prêt, que les autres options précisent",
                  "A ready set of options, which the other options refine"});
  declare.Number("--seed", spec.seed, {"Graine (1)", "Seed (1)"});
  declare.Number("--exercice", spec.exercice, {"Exercice (2024)", "Budget year (2024)"});
  declare.Number("--depense", spec.depense,
                 {"Bordereaux de mandats (1)", "Bordereaux of mandats (1)"});
  declare.Number("--recette", spec.recette,
                 {"Bordereaux de titres (1)", "Bordereaux of titres (1)"});
  declare.Number("--pieces", spec.pieces, {"Pièces par bordereau (3)", "Pieces per bordereau (3)"});
  declare.Number("--lines", spec.lines, {"Lignes par pièce (2)", "Lines per piece (2)"});
  declare.Number("--attachments", spec.attachments,
                 {"Pièces justificatives, réparties sur les pièces (0)",
                  "Attachments, spread over the pieces (0)"});
  declare
      .Number("--attachment-size", spec.attachment_size,
              {"Octets de chaque PDF avant gzip et base64 ; unités kB, MB, GB (16384)",
               "Bytes of each PDF before gzip and base64; units kB, MB, GB (16384)"})
      ->transform(CLI::AsSizeValue(true).description(""))
      ->type_name("N");
  declare.Choice("--dematerialisee", spec.dematerialisee,
                 {{"1", Dematerialisee::kYes},
                  {"0", Dematerialisee::kNo},
                  {"absent", Dematerialisee::kAbsent}},
                 {"InfoDematerialisee (1)", "InfoDematerialisee (1)"});
  declare.Flag("--no-bordereau-ids", spec.bordereau_ids, false,
               {"Pas d'Id sur les bordereaux", "No Id on the bordereaux"});
  declare.Flag("--no-root-id", spec.root_id, false,
               {"Pas d'Id sur la racine", "No Id on the root"});
  declare.Flag("--no-ds-prefix", spec.ds_prefix, false,
               {"La racine ne déclare pas xmlns:ds", "The root does not declare xmlns:ds"});
}

void DeclareLayout(Declarations& declare, Layout& layout) {
  declare.Choice("--encoding", layout.encoding,
                 {{"iso-8859-1", Encoding::kIso88591}, {"utf-8", Encoding::kUtf8}},
                 {"Encodage (iso-8859-1)", "Encoding (iso-8859-1)"});
  declare.Flag("--bom", layout.byte_order_mark, true,
               {"Marque d'ordre des octets (UTF-8)", "Byte order mark (UTF-8)"});
  declare.Flag("--no-declaration", layout.xml_declaration, false,
               {"Pas de déclaration XML (UTF-8)", "No XML declaration (UTF-8)"});
  declare.Choice(
      "--line-end", layout.line_end,
      {{"lf", LineEnd::kLf}, {"crlf", LineEnd::kCrlf}, {"none", LineEnd::kNone}},
      {"Fins de ligne (lf) ; none : tout sur une ligne", "Line ends (lf); none: all on one line"});
  declare.Choice("--indent", layout.indentation,
                 {{"spaces", Indentation::kSpaces},
                  {"tabs", Indentation::kTabs},
                  {"none", Indentation::kNone}},
                 {"Retrait (spaces)", "Indentation (spaces)"});
  declare.Choice("--quotes", layout.quote, {{"double", Quote::kDouble}, {"single", Quote::kSingle}},
                 {"Guillemets des attributs (double)", "Quotes of the attributes (double)"});
  declare.Flag("--base64-one-line", layout.base64_single_line, true,
               {"Base64 sur une seule ligne au lieu de lignes de 76",
                "Base64 on a single line instead of lines of 76"});
  declare.Flag(
      "--oddities", layout.oddities, true,
      {"Commentaires, instructions, références, blancs : ce que XML et le schéma admettent",
       "Comments, instructions, references, blanks: what XML and the schema admit"});
}

void DeclareOutput(CLI::App& app, Declarations& declare, Lang lang, Options& options) {
  const Text output = {"Fichier à écrire (- : sortie standard)",
                       "File to write (-: standard output)"};
  app.add_option("-o,--output", options.output, std::string(output.In(lang)))
      ->required()
      ->type_name("FILE");
  declare.Flag("--acquit", options.acquit, true,
               {"L'acquit du comptable pour ce fichier, au lieu du fichier",
                "The accountant's acknowledgement of this file, instead of the file"});
  app.add_option("--refuse", options.refusals,
                 std::string(Text{"Ce que l'acquit rejette : D2/3 (3e pièce du 2e bordereau de "
                                  "mandats), R1, PJ4 (répétable)",
                                  "What the acknowledgement rejects: D2/3 (3rd piece of the 2nd "
                                  "bordereau of mandats), R1, PJ4 (repeatable)"}
                                 .In(lang)))
      ->type_name("REF");
  declare.Flag("--force", options.force, true,
               {"Remplace un fichier de sortie existant", "Replaces an existing output file"});
  declare.Choice("--lang", options.lang, {{"fr", Lang::kFr}, {"en", Lang::kEn}},
                 {"Langue des messages (fr)", "Language of the messages (fr)"});
}

Status RunAcquit(const Options& options) {
  AcquitSpec acquit;
  for (const std::string& it : options.refusals) SCEAU_RETURN_IF_ERROR(AddRefusal(it, acquit));
  SCEAU_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(options.output, options.force));
  SCEAU_RETURN_IF_ERROR(WriteAcquit(options.spec, acquit, [&](std::string_view bytes) {
    return file.Append(bytes);
  }));
  return file.Publish();
}

Status Run(const Options& options, Lang lang) {
  if (options.acquit) return RunAcquit(options);
  SCEAU_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(options.output, options.force));
  SCEAU_ASSIGN_OR_RETURN(
      const PesSummary summary,
      WritePes(options.spec, [&](std::string_view bytes) { return file.Append(bytes); }));
  SCEAU_RETURN_IF_ERROR(file.Publish());
  const Text units[] = {{" octets, ", " bytes, "},
                        {" bordereaux, ", " bordereaux, "},
                        {" pièces, ", " pieces, "},
                        {" pièces justificatives\n", " attachments\n"}};
  const std::string line =
      Concat("sceau-gen: ", summary.bytes, units[0].In(lang), summary.bordereaux, units[1].In(lang),
             summary.pieces, units[2].In(lang), summary.attachments, units[3].In(lang));
  std::fputs(line.c_str(), stderr);
  return OkStatus();
}

int Fail(const Status& status, Lang lang) {
  std::fprintf(stderr, "sceau-gen: %s\n", Describe(status, lang).c_str());
  return ExitCodeOf(status);
}

int Main(int argc, char** argv) {
  const Lang lang = LangOf(argc, argv);
  Options options;
  CLI::App app{std::string(kAbout.In(lang)), "sceau-gen"};
  app.set_help_flag("-h,--help",
                    std::string(Text{"Affiche cette aide", "Shows this help"}.In(lang)));
  app.footer(std::string(kExamples.In(lang)));
  app.get_formatter()->column_width(36);
  app.get_formatter()->label("REQUIRED", std::string(Text{"(obligatoire)", "(required)"}.In(lang)));
  Declarations declare(app, lang);
  DeclareContent(declare, options.spec);
  DeclareLayout(declare, options.spec.layout);
  DeclareOutput(app, declare, lang, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return 0;
  } catch (const CLI::Error& error) {
    return Fail(Error(Reason::kUsage, error.what()), lang);
  }
  const Status status = Run(options, lang);
  return status.ok() ? 0 : Fail(status, lang);
}

}  // namespace
}  // namespace sceau::gen

int main(int argc, char** argv) { return sceau::gen::Main(argc, argv); }
