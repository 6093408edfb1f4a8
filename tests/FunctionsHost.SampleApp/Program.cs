using FunctionsHost.SampleApp;
using Microsoft.Extensions.Hosting;

using var host = SampleHost.Build(args);
await host.RunAsync();
