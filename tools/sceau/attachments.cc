// sceau pes attachments: lists the attachments of a PES file, and writes them into a folder.
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/strings.h"
#include "schemas/attachment_files.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/display.h"
#include "tools/sceau/pes_verbs.h"

namespace sceau::cli {
namespace {

using schemas::PieceJustificative;

struct Options {
  std::string file;
  std::string folder;  // empty: only list
};

// Writes one content into an output file; the error is kept for the end.
class FileSink final : public xml::OctetSink {
 public:
  void Open(OutputFile output) {
    output_.emplace(std::move(output));
    status_ = OkStatus();
  }
  void Write(std::string_view octets) override {
    if (status_.ok()) status_ = output_->Append(octets);
  }
  Status Publish() {
    SCEAU_RETURN_IF_ERROR(status_);
    SCEAU_RETURN_IF_ERROR(output_->Publish());
    output_.reset();
    return OkStatus();
  }

 private:
  std::optional<OutputFile> output_;
  Status status_;
};

Status MakeFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  if (error || !std::filesystem::is_directory(folder, error)) {
    return Error(Reason::kOutputUnwritable, folder);
  }
  return OkStatus();
}

// The names of the files that were written, by attachment; empty: none.
StatusOr<std::vector<PieceJustificative>> Extract(const InputFile& input, const std::string& folder,
                                                  std::vector<std::string>& files) {
  SCEAU_RETURN_IF_ERROR(MakeFolder(folder));
  std::set<std::string> taken;
  FileSink sink;
  return schemas::ReadAttachments(
      input,
      [&](size_t index, const PieceJustificative& piece) -> StatusOr<xml::OctetSink*> {
        files.resize(index + 1);
        files[index] = schemas::SafeFileName(piece, taken);
        SCEAU_ASSIGN_OR_RETURN(OutputFile output,
                               OutputFile::Create(Concat(folder, "/", files[index]), false));
        sink.Open(std::move(output));
        return &sink;
      },
      [&](size_t, const PieceJustificative&) { return sink.Publish(); });
}

Json AttachmentJson(const PieceJustificative& it, const std::string& file) {
  return {{"id", it.id},
          {"name", it.name},
          {"mimeType", NullIfEmpty(it.mime_type)},
          {"contentType", it.size ? Json(NameOf(it.content)) : Json(nullptr)},
          {"size", it.size ? Json(*it.size) : Json(nullptr)},
          {"sha256", NullIfEmpty(it.sha256)},
          {"file", NullIfEmpty(file)},
          {"line", NullIfUnknown(it.line)}};
}

std::string Line(const PieceJustificative& it, const std::string& file, Lang lang) {
  std::string out = Concat(Printable(it.id), "  ", Printable(it.name), "  ");
  if (it.size) {
    AppendTo(out, NameOf(it.content), "  ", Size(*it.size, lang), "  ", it.sha256);
  } else {
    out += Text{"contenu illisible", "unreadable content"}.In(lang);
  }
  if (!file.empty()) AppendTo(out, "  -> ", Printable(file));
  return out + "\n";
}

StatusOr<int> Attachments(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(options.file, config.max_size));
  std::vector<std::string> files;
  SCEAU_ASSIGN_OR_RETURN(const std::vector<PieceJustificative> attachments,
                         options.folder.empty() ? schemas::ReadAttachments(input)
                                                : Extract(input, options.folder, files));
  files.resize(attachments.size());
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (!command.json) {
      for (size_t i = 0; i < attachments.size(); ++i) {
        sink(Line(attachments[i], files[i], command.lang));
      }
      return;
    }
    JsonStream json(sink);
    json.BeginArray("attachments");
    for (size_t i = 0; i < attachments.size(); ++i) {
      json.Element(AttachmentJson(attachments[i], files[i]));
    }
    json.EndArray();
    json.Finish();
  }));
  return 0;
}

}  // namespace

void AddPes(CLI::App& app, Command& command) {
  CLI::App* group = app.add_subcommand(
      "pes", std::string(command.In({"Fichiers PES : sceau pes attachments, answers, without",
                                     "PES files: sceau pes attachments, answers, without"})));
  group->require_subcommand(1);
  CLI::App* verb = AddVerb(
      *group, command, "attachments",
      {"Les pièces justificatives d'un fichier PES, avec leur vrai type et leur empreinte SHA-256",
       "The supporting documents of a PES file, with their real type and SHA-256 digest"},
      {"sceau pes attachments flux.xml -o pieces", "sceau pes attachments file.xml -o out"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->file,
          {"Fichier PES (- : entrée standard)", "PES file (-: standard input)"});
  AddValue(verb, command, "-o,--extract", options->folder, {"DOSSIER", "FOLDER"},
           {"Y écrit les contenus ; aucun fichier n'est remplacé",
            "Writes the contents there; no file is replaced"});
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return Attachments(*options, command); };
  });
  AddAnswers(*group, command);
  AddWithout(*group, command);
}

}  // namespace sceau::cli
