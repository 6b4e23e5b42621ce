// One client process that asks a running sceaud to sign many small files over many channels.
//
//   sceau-bench-load HOST:PORT FILES CHANNELS [AUTHORITY CERTIFICATE KEY]
//
// With the three files (PEM) each channel proves who calls (mutual TLS). The files to be signed,
// one bordereau of 3 pieces each of one collectivité, are made and the channels opened before the
// clock starts. Prints {"calls", "failed", "seconds", "rate", "cpu_seconds", "bytes"}; the last is
// the size of one file.
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/strings.h"
#include "sceau/v1/signing.grpc.pb.h"
#include "tools/gen/generator.h"

namespace sceau::bench {
namespace {

using Stub = v1::SigningService::Stub;

// All of one collectivité (which the seed chooses), each with its own NomFic.
std::string MakeFile(size_t number) {
  gen::PesSpec spec;
  spec.depense = 0;
  spec.recette = 1;
  spec.pieces = 3;
  spec.lines = 1;
  spec.layout.indentation = gen::Indentation::kNone;
  spec.layout.line_end = gen::LineEnd::kNone;
  const std::string own = absl::StrCat("_", number, ".xml");
  return absl::StrReplaceAll(gen::PesText(spec).value(), {{"_1.xml", own}});
}

std::string ReadAll(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<grpc::ChannelCredentials> Credentials(char** files) {
  if (files == nullptr) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({.pem_root_certs = ReadAll(files[0]),
                               .pem_private_key = ReadAll(files[2]),
                               .pem_cert_chain = ReadAll(files[1])});
}

// True when the signed document came whole: its trailer agrees with what was received.
bool SignOne(Stub& stub, const std::string& file) {
  v1::SignRequest request;
  v1::SignHeader& header = *request.mutable_header();
  header.set_idempotency_key(RandomHex(16));
  header.mutable_document()->set_size(static_cast<int64_t>(file.size()));
  header.mutable_document()->set_sha256(DigestOf(DigestAlgorithm::kSha256, file));
  header.mutable_parameters()->mutable_selection()->mutable_all();
  grpc::ClientContext context;
  const auto stream = stub.Sign(&context);
  const grpc::WriteOptions buffered = grpc::WriteOptions().set_buffer_hint();
  stream->Write(request, buffered);
  request.set_chunk(file);
  stream->Write(request, buffered);
  request.mutable_end();
  stream->WriteLast(request, grpc::WriteOptions());
  Digest digest(DigestAlgorithm::kSha256);
  bool whole = false;
  v1::SignResponse response;
  while (stream->Read(&response)) {
    if (response.has_chunk()) digest.Update(response.chunk());
    if (response.has_trailer()) whole = response.trailer().sha256() == digest.Finish();
  }
  return stream->Finish().ok() && whole;
}

std::unique_ptr<Stub> Open(const std::string& address, char** files, int index) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt("sceau.bench.channel", index);  // a connection of its own
  auto channel = grpc::CreateCustomChannel(address, Credentials(files), arguments);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(30))) {
    std::fprintf(stderr, "sceau-bench-load: no connection to %s\n", address.c_str());
    std::exit(1);
  }
  return v1::SigningService::NewStub(channel);
}

double CpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int Main(int argc, char** argv) {
  if (argc != 4 && argc != 7) return 64;
  const size_t count = std::strtoul(argv[2], nullptr, 10);
  const int channels = std::atoi(argv[3]);
  std::vector<std::string> files;
  for (size_t i = 0; i < count; ++i) files.push_back(MakeFile(i + 1));
  std::vector<std::unique_ptr<Stub>> stubs;
  for (int i = 0; i < channels; ++i)
    stubs.push_back(Open(argv[1], argc == 7 ? argv + 4 : nullptr, i));

  std::atomic<size_t> next = 0, failed = 0;
  const double cpu = CpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (const auto& stub : stubs) {
    threads.emplace_back([&] {
      for (size_t i = next++; i < files.size(); i = next++)
        failed += SignOne(*stub, files[i]) ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf(
      "{\"calls\": %zu, \"failed\": %zu, \"seconds\": %.3f, \"rate\": %.1f, \"cpu_seconds\": %.3f, "
      "\"bytes\": %zu}\n",
      count, failed.load(), took.count(), static_cast<double>(count) / took.count(),
      CpuSeconds() - cpu, files.front().size());
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace sceau::bench

int main(int argc, char** argv) { return sceau::bench::Main(argc, argv); }
