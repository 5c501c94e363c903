// The receiver under test in ASP.NET Core. Not for Mono.
using System;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ringback;

public static class AspNetCore
{
    public static void Serve()
    {
        Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .ConfigureWebHostDefaults(web => web
                .UseUrls("http://127.0.0.1:" + Environment.GetEnvironmentVariable("PORT"))
                .Configure(app => app.UseRingbackReceiver("/hook", Program.CreateReceiver())))
            .Build()
            .Run();
    }
}
