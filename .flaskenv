FLASK_APP=mobile_api.cli.app:create_cli
