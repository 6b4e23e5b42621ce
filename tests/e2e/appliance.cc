#include "tests/e2e/appliance.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "base/strings.h"
#include "tests/support/require.h"
#include "tools/gen/generator.h"

namespace sceau::test {
namespace {

constexpr std::chrono::milliseconds kLook(1);

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// /proc says size 0 of its files, so they are read as a stream.
std::string ReadProc(pid_t pid, const char* name) {
  const auto text = InputFile::Open(Concat("/proc/", pid, "/", name), 1 << 20);
  if (!text.ok()) return "";
  std::string out(1 << 16, '\0');
  const auto got = text->ReadAt(0, out.data(), out.size());
  out.resize(got.value_or(0));
  return out;
}

int64_t TicksOf(pid_t pid) {
  const std::string stat = ReadProc(pid, "stat");
  // After the name in parentheses, utime and stime are the 12th and 13th fields.
  std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  int64_t user = 0, system = 0;
  fields >> user >> system;
  return user + system;
}

}  // namespace

Appliance::Appliance() {
  for (const char* name : {"SCEAU_CONFIG", "SCEAU_LANG"}) ::unsetenv(name);
  tokens_.AddToken("Mairie", kTokenPin);
  KeyOptions key;
  key.kind = KeyKind::kRsa2048;
  signer_ = tokens_.AddSigner("Mairie", pki_, key);
  pki_.WriteAuthorities(folder_.path());
  pin_file_ = tokens_.PinFile("Mairie");
  for (std::string* folder : {&documents_, &temporary_, &work_}) {
    *folder = Concat(folder_.path(), "/",
                     folder == &documents_ ? "documents"
                     : folder == &work_    ? "work"
                                           : "tmp");
    std::filesystem::create_directory(*folder);
  }
  before_ = Environment("TMPDIR");
  ::setenv("TMPDIR", temporary_.c_str(), 1);
  config_ = folder_.Write(
      "sceau.toml",
      Concat("modules = [\"", SoftTokens::ModulePath(),
             "\"]\nstate_folder = \"state\"\nkey = \"pkcs11:token=Mairie\"\npin_source = \"",
             tokens_.PinFile("Mairie"), "\"\ntrust = [\"", root(), R"("]
[signature]
role = "Maire"
city = "Val-d'Orée"
postal_code = "99059"
country = "FR"
)"));
}

Appliance::~Appliance() {
  daemon_.reset();
  if (before_.empty()) {
    ::unsetenv("TMPDIR");
  } else {
    ::setenv("TMPDIR", before_.c_str(), 1);
  }
}

void Appliance::SetPin(const std::string& pin) {
  pin_file_ = folder_.Write("given.pin", pin + "\n");
}

void Appliance::Configure(const std::string& settings) const {
  folder_.Write("sceaud.toml",
                Concat("listen = \"", listen_, "\"\nsocket = \"", socket_, "\"\n", identity_,
                       "\nwork_folder = \"", work_, "\"\n", settings, "\n[competence]\n",
                       competence_, "\n[tokens]\nmodules = [\"", module_, "\"]\nstate_folder = \"",
                       folder_.path(), "/state\"\n", token_settings_, "\n[[keys]]\n",
                       "name = \"ordonnateur\"\nuri = \"pkcs11:token=Mairie\"\npin_source = \"",
                       pin_file_, "\"\n[trust]\nanchors = [\"", root(), "\"]\n"));
}

void Appliance::Start(const std::string& settings) {
  listen_ = socket_.empty() ? address_ : "";
  Configure(settings);
  const std::string config = folder_.path() + "/sceaud.toml";
  const std::string port = folder_.path() + "/port";
  std::filesystem::remove(port);
  if (daemon_ == nullptr) {
    tokens_.Keep();
  } else {
    tokens_.Mend();  // it may have been killed
  }
  daemon_ = std::make_unique<BackgroundProcess>(
      std::vector<std::string>{SCEAUD, "--config", config, "--port-file", port},
      folder_.path() + "/sceaud.log");
  while (!std::filesystem::exists(port)) {
    Require(daemon_->Running(), Log());
    std::this_thread::sleep_for(kLook);
  }
  const std::string number = ReadSmallFile(port).value_or("");
  address_ = socket_.empty() ? Concat("127.0.0.1:", number.substr(0, number.find('\n')))
                             : Concat("unix:", socket_);
}

std::string Appliance::Log() const {
  return ReadSmallFile(folder_.path() + "/sceaud.log").value_or("");
}

std::string Appliance::AuditFolder() const { return folder_.path() + "/state/audit"; }

std::string Appliance::AuditLog() const {
  return ReadSmallFile(AuditFolder() + "/log").value_or("");
}

int64_t Appliance::PeakMemory() const {
  constexpr std::string_view kName = "VmHWM:";
  const std::string status = ReadProc(daemon_->pid(), "status");
  const size_t at = status.find(kName);
  Require(at != std::string::npos, "VmHWM");
  return std::strtoll(status.c_str() + at + kName.size(), nullptr, 10) * 1024;
}

std::vector<std::string> Appliance::Command(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), SCEAU);
  arguments.insert(arguments.end(), {"--config", config_});
  return arguments;
}

ProcessResult Appliance::Sceau(const std::vector<std::string>& arguments) const {
  return RunProcess(Command(arguments));
}

std::vector<std::string> Appliance::SignHere(const std::string& input, const std::string& output,
                                             const std::vector<std::string>& more) const {
  std::vector<std::string> arguments = {"sign", input, "-o", output, "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::vector<std::string> Appliance::SignThere(const std::string& input, const std::string& output,
                                              const std::vector<std::string>& more) const {
  std::vector<std::string> arguments = SignHere(input, output, more);
  arguments.insert(arguments.end(), {"--server", address_});
  return arguments;
}

std::string Appliance::Generate(const std::string& name, const gen::PesSpec& spec) const {
  auto file = OutputFile::Create(Path(name), /*force=*/false);
  Require(file.ok(), file.status().ToString());
  const auto summary =
      gen::WritePes(spec, [&](std::string_view bytes) { return file->Append(bytes); });
  Require(summary.ok(), summary.status().ToString());
  const Status published = file->Publish();
  Require(published.ok(), published.ToString());
  return Path(name);
}

std::set<std::string> Appliance::Files() const {
  std::set<std::string> files;
  for (const std::string& folder : {documents_, temporary_, work_}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      files.insert(entry.path());
    }
  }
  return files;
}

bool AwaitProcessorTime(BackgroundProcess& process, int64_t ticks) {
  while (process.Running()) {
    if (ProcessorTime(process) >= ticks) return true;
    std::this_thread::sleep_for(kLook);
  }
  return false;
}

int64_t ProcessorTime(const BackgroundProcess& process) { return TicksOf(process.pid()); }

}  // namespace sceau::test
