// sceau pes answers: what the accountant's acknowledgement says of each part of a file that was
// sent.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/strings.h"
#include "schemas/acquit_json.h"
#include "schemas/without.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/display.h"
#include "tools/sceau/pes_verbs.h"

namespace sceau::cli {
namespace {

using schemas::AcquitMatch;
using schemas::Answer;
using schemas::BordereauAnswer;
using schemas::PieceAnswer;
using schemas::SentFile;

struct Options {
  std::string file, acquit;
};

constexpr Text kAnswers[] = {
    {"sans réponse", "unanswered"}, {"accepté", "accepted"}, {"rejeté", "rejected"}};

bool AnythingRefused(const AcquitMatch& match) {
  const auto refused = [](const auto& it) { return it.answer == Answer::kRefused; };
  return std::any_of(match.bordereaux.begin(), match.bordereaux.end(), refused) ||
         std::count(match.ids.begin(), match.ids.end(), Answer::kRefused) > 0;
}

Json BordereauJson(const schemas::SentBordereau& sent, const BordereauAnswer& it) {
  Json pieces = Json::array();
  for (size_t p = 0; p < it.pieces.size(); ++p) {
    const PieceAnswer& piece = it.pieces[p];
    pieces.push_back({{"number", sent.pieces[p].number},
                      {"answer", NameOf(piece.answer)},
                      {"line", NullIfUnknown(sent.pieces[p].place.line)},
                      {"errors", piece.said == nullptr ? Json::array()
                                                       : schemas::ErrorsJson(piece.said->errors)}});
  }
  return {{"of", sent.name},
          {"ref", sent.ref},
          {"answer", NameOf(it.answer)},
          {"errors", it.said == nullptr ? Json::array() : schemas::ErrorsJson(it.said->errors)},
          {"pieces", std::move(pieces)}};
}

void WriteAnswersJson(const SentFile& sent, const AcquitMatch& match, const TextSink& sink) {
  JsonStream json(sink);
  json.Field("fileName", sent.file_name);
  json.BeginArray("bordereaux");
  for (size_t b = 0; b < match.bordereaux.size(); ++b) {
    json.Element(BordereauJson(sent.bordereaux[b], match.bordereaux[b]));
  }
  json.EndArray();
  json.BeginArray("piecesJustificatives");
  for (size_t i = 0; i < match.ids.size(); ++i) {
    const schemas::AcquitElement* said = match.id_elements[i];
    json.Element({{"id", sent.ids[i]},
                  {"answer", NameOf(match.ids[i])},
                  {"errors", said == nullptr ? Json::array() : schemas::ErrorsJson(said->errors)}});
  }
  json.EndArray();
  json.Field("notInTheFile", match.strangers);
  json.Finish();
}

std::string ErrorLines(const std::vector<schemas::AcquitError>& errors) {
  std::string out;
  for (const schemas::AcquitError& it : errors) {
    AppendTo(out, "        ", Printable(it.code), " ", Printable(it.text), "\n");
  }
  return out;
}

std::string AnswersText(const SentFile& sent, const AcquitMatch& match, Lang lang) {
  const auto word = [&](Answer answer) { return kAnswers[static_cast<size_t>(answer)].In(lang); };
  const std::string_view colon = lang == Lang::kFr ? " : " : ": ";
  std::string out = Concat(Printable(sent.file_name), "\n");
  for (size_t b = 0; b < match.bordereaux.size(); ++b) {
    const BordereauAnswer& it = match.bordereaux[b];
    AppendTo(out, "  bordereau ", Printable(sent.bordereaux[b].name), colon, word(it.answer), "\n");
    if (it.said != nullptr) out += ErrorLines(it.said->errors);
    for (size_t p = 0; p < it.pieces.size(); ++p) {
      if (it.pieces[p].answer != Answer::kRefused) continue;
      AppendTo(out, "    ", Text{"pièce ", "piece "}.In(lang),
               Printable(sent.bordereaux[b].pieces[p].number), colon, word(Answer::kRefused), "\n");
      if (it.pieces[p].said != nullptr) out += ErrorLines(it.pieces[p].said->errors);
    }
  }
  for (size_t i = 0; i < match.ids.size(); ++i) {
    AppendTo(out, "  PJ ", Printable(sent.ids[i]), colon, word(match.ids[i]), "\n");
    if (match.id_elements[i] != nullptr) out += ErrorLines(match.id_elements[i]->errors);
  }
  for (const std::string& name : match.strangers) {
    AppendTo(out, "  ", Printable(name), colon,
             Text{"n'est pas dans le fichier", "not in the file"}.In(lang), "\n");
  }
  return out;
}

StatusOr<int> RunAnswers(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(options.file, config.max_size));
  SCEAU_ASSIGN_OR_RETURN(const InputFile answer, InputFile::Open(options.acquit, config.max_size));
  SCEAU_ASSIGN_OR_RETURN(const schemas::Acquit acquit, schemas::ReadAcquit(answer));
  SCEAU_ASSIGN_OR_RETURN(const schemas::PesParts parts, schemas::ReadPesParts(input));
  const SentFile sent = schemas::SentFileOf(parts);
  SCEAU_ASSIGN_OR_RETURN(const AcquitMatch match, schemas::MatchAcquit(acquit, sent));
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (command.json) return WriteAnswersJson(sent, match, sink);
    sink(AnswersText(sent, match, command.lang));
  }));
  return AnythingRefused(match) ? 1 : 0;
}

}  // namespace

void AddAnswers(CLI::App& group, Command& command) {
  CLI::App* verb = AddVerb(group, command, "answers",
                           {"Ce que l'acquit du comptable dit de chaque partie d'un fichier PES "
                            "transmis ; code 1 si quelque chose est rejeté",
                            "What the accountant's acknowledgement says of each part of a PES file "
                            "that was sent; code 1 when something is rejected"},
                           {"sceau pes answers flux.xml --acquit acquit.xml",
                            "sceau pes answers file.xml --acquit acquit.xml"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->file,
          {"Fichier PES transmis (- : entrée standard)", "PES file sent (-: standard input)"});
  AddValue(verb, command, "--acquit", options->acquit, {"ACQUIT", "ACQUIT"},
           {"Acquit du comptable (PES_ACQUIT)", "The accountant's acknowledgement (PES_ACQUIT)"})
      ->required();
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return RunAnswers(*options, command); };
  });
}

}  // namespace sceau::cli
